-- The database of mailbot: written from mailbot/store/tables.py by `python -m mailbot.store.schema`.
-- As SQLite has it. In PostgreSQL ids are SERIAL, DATETIME is TIMESTAMP WITH TIME ZONE, BLOB is BYTEA.
-- Times are UTC. Mail of ours lies in outbox, mail that came in message.

-- A request. Its rule and fields stand in `snapshot` as they were when it was opened.
--
-- Transitions:
--   precaso -> abierto
--   precaso -> no_gestionado
--   precaso -> anulado
--   abierto -> en_proceso
--   abierto -> solucionado
--   abierto -> anulado
--   en_proceso -> activo_proveedor
--   en_proceso -> solucionado
--   en_proceso -> anulado
--   activo_proveedor -> en_proceso
--   activo_proveedor -> solucionado
--   activo_proveedor -> anulado
--   solucionado -> en_proceso
--   solucionado -> activo_proveedor
--   solucionado -> cerrado
--   no_gestionado -> precaso (only: answer_was_in_time)
--   no_gestionado -> abierto (only: answer_was_in_time)
CREATE TABLE "case" (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  number VARCHAR,
  state VARCHAR(40) NOT NULL,
  version INTEGER NOT NULL,
  mailbox VARCHAR NOT NULL,
  channel VARCHAR NOT NULL,
  rule VARCHAR NOT NULL,
  snapshot JSON NOT NULL,
  kind VARCHAR(40) NOT NULL,
  severity INTEGER NOT NULL,
  category VARCHAR NOT NULL,
  level INTEGER NOT NULL,
  "group" VARCHAR NOT NULL,
  assignee VARCHAR,
  client VARCHAR,
  provider VARCHAR,
  provider_reference VARCHAR,
  correlation VARCHAR,
  attention VARCHAR,
  requester_email VARCHAR,
  requester_name VARCHAR NOT NULL,
  answer_to VARCHAR,
  subject VARCHAR NOT NULL,
  requests INTEGER NOT NULL,
  reminded BOOLEAN NOT NULL,
  registered_at DATETIME NOT NULL,
  state_since DATETIME NOT NULL,
  first_response_at DATETIME,
  opened_at DATETIME,
  solved_at DATETIME,
  closed_at DATETIME,
  removed_at DATETIME,
  CONSTRAINT ck_case_severity CHECK (severity BETWEEN 1 AND 5),
  CONSTRAINT ck_case_level CHECK (level BETWEEN 1 AND 3),
  CONSTRAINT uq_case_number UNIQUE (number),
  CONSTRAINT ck_case_state CHECK (state IN ('precaso', 'abierto', 'en_proceso', 'activo_proveedor', 'solucionado', 'cerrado', 'no_gestionado', 'anulado')),
  CONSTRAINT ck_case_kind CHECK (kind IN ('incidente', 'requerimiento'))
);
CREATE INDEX ix_case_attention ON "case" (id) WHERE attention IS NOT NULL;
CREATE INDEX ix_case_correlation ON "case" (rule, correlation, state) WHERE correlation IS NOT NULL;
CREATE INDEX ix_case_ended ON "case" (closed_at) WHERE closed_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX ix_case_requester ON "case" (requester_email, state);
CREATE INDEX ix_case_state ON "case" (state, id, mailbox);

-- Somebody the desk knows.
CREATE TABLE person (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  address VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  CONSTRAINT uq_person_address UNIQUE (address)
);

-- How far a folder was read.
CREATE TABLE progress (
  mailbox VARCHAR NOT NULL,
  folder VARCHAR NOT NULL,
  uidvalidity BIGINT NOT NULL,
  uid_seen BIGINT NOT NULL,
  first_uidnext BIGINT NOT NULL,
  started_at DATETIME NOT NULL,
  read_up_to DATETIME,
  CONSTRAINT pk_progress PRIMARY KEY (mailbox, folder)
);

-- What must outlive a restart and has no table of its own.
CREATE TABLE setting (
  "key" VARCHAR NOT NULL,
  value JSON NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT pk_setting PRIMARY KEY ("key")
);

-- A time that runs for a case; at most one of a kind runs at once.
CREATE TABLE clock (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  kind VARCHAR(40) NOT NULL,
  starts DATETIME NOT NULL,
  due DATETIME NOT NULL,
  calendar VARCHAR NOT NULL,
  paused_at DATETIME,
  elapsed INTEGER NOT NULL,
  done_at DATETIME,
  result VARCHAR,
  CONSTRAINT fk_clock_case_id FOREIGN KEY(case_id) REFERENCES "case" (id),
  CONSTRAINT ck_clock_kind CHECK (kind IN ('answer', 'reminder'))
);
CREATE INDEX ix_clock_case_id ON clock (case_id);
CREATE INDEX ix_clock_due ON clock (due) WHERE done_at IS NULL;
CREATE UNIQUE INDEX uq_clock_running ON clock (case_id, kind) WHERE done_at IS NULL;

-- What is known of one required field of a case; without `value`, `misfit` is what was written.
CREATE TABLE datum (
  case_id INTEGER NOT NULL,
  field VARCHAR NOT NULL,
  value VARCHAR,
  source VARCHAR(40) NOT NULL,
  doubtful BOOLEAN NOT NULL,
  misfit VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL,
  third_party BOOLEAN NOT NULL,
  CONSTRAINT pk_datum PRIMARY KEY (case_id, field),
  CONSTRAINT fk_datum_case_id FOREIGN KEY(case_id) REFERENCES "case" (id),
  CONSTRAINT ck_datum_source CHECK (source IN ('sender', 'label', 'text', 'remembered', 'person'))
);

-- A mail that came, with its one outcome and why. Where it lies on the server is told by `location`.
CREATE TABLE message (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  mailbox VARCHAR NOT NULL,
  message_id VARCHAR NOT NULL,
  content_hash VARCHAR NOT NULL,
  duplicate_of INTEGER,
  case_id INTEGER,
  sender VARCHAR NOT NULL,
  sender_name VARCHAR NOT NULL,
  sender_verified BOOLEAN NOT NULL,
  subject VARCHAR NOT NULL,
  folded_subject VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  reply_text VARCHAR NOT NULL,
  received_at DATETIME NOT NULL,
  stored_at DATETIME NOT NULL,
  size INTEGER NOT NULL,
  outcome VARCHAR(40) NOT NULL,
  reasons JSON NOT NULL,
  earlier JSON NOT NULL,
  filed VARCHAR NOT NULL,
  rule VARCHAR,
  words JSON NOT NULL,
  also_matched JSON NOT NULL,
  kind VARCHAR(40) NOT NULL,
  automatic BOOLEAN NOT NULL,
  may_answer BOOLEAN NOT NULL,
  repaired JSON NOT NULL,
  attachments JSON NOT NULL,
  removed_at DATETIME,
  CONSTRAINT fk_message_duplicate_of FOREIGN KEY(duplicate_of) REFERENCES message (id),
  CONSTRAINT fk_message_case_id FOREIGN KEY(case_id) REFERENCES "case" (id),
  CONSTRAINT ck_message_outcome CHECK (outcome IN ('opened', 'updated', 'on_closed_case', 'unmatched', 'informativo', 'ignored', 'bounce', 'backlog', 'duplicate', 'too_big', 'failed')),
  CONSTRAINT ck_message_kind CHECK (kind IN ('person', 'auto_reply', 'auto_generated', 'list', 'bounce', 'delivery_notice', 'read_receipt', 'calendar_reply'))
);
CREATE INDEX ix_message_alone ON message (stored_at) WHERE removed_at IS NULL AND outcome NOT IN ('opened', 'updated', 'on_closed_case', 'failed');
CREATE INDEX ix_message_case_id ON message (case_id);
CREATE INDEX ix_message_failed ON message (mailbox, received_at) WHERE outcome = 'failed';
CREATE INDEX ix_message_message_id ON message (message_id);
CREATE INDEX ix_message_outcome ON message (outcome);
CREATE UNIQUE INDEX uq_message_content_hash ON message (content_hash) WHERE duplicate_of IS NULL;

-- Who wrote, or was in To or Cc of, one of a case's messages (invariant 5).
CREATE TABLE participant (
  case_id INTEGER NOT NULL,
  email VARCHAR NOT NULL,
  CONSTRAINT pk_participant PRIMARY KEY (case_id, email),
  CONSTRAINT fk_participant_case_id FOREIGN KEY(case_id) REFERENCES "case" (id)
);

-- Two cases that belong together, and how: `a` is the one that says so.
CREATE TABLE relation (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT uq_relation_a_b_kind UNIQUE (a, b, kind),
  CONSTRAINT ck_relation_two_cases CHECK (a <> b),
  CONSTRAINT fk_relation_a FOREIGN KEY(a) REFERENCES "case" (id),
  CONSTRAINT fk_relation_b FOREIGN KEY(b) REFERENCES "case" (id)
);
CREATE INDEX ix_relation_b ON relation (b);

-- The history of a case: every change is a row, with `to_state` it is a transition.
CREATE TABLE event (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at DATETIME NOT NULL,
  kind VARCHAR NOT NULL,
  "by" VARCHAR NOT NULL,
  from_state VARCHAR(40),
  to_state VARCHAR(40),
  reason VARCHAR NOT NULL,
  data JSON NOT NULL,
  message_id INTEGER,
  CONSTRAINT uq_event_case_id_seq UNIQUE (case_id, seq),
  CONSTRAINT fk_event_case_id FOREIGN KEY(case_id) REFERENCES "case" (id),
  CONSTRAINT ck_event_from_state CHECK (from_state IN ('precaso', 'abierto', 'en_proceso', 'activo_proveedor', 'solucionado', 'cerrado', 'no_gestionado', 'anulado')),
  CONSTRAINT ck_event_to_state CHECK (to_state IN ('precaso', 'abierto', 'en_proceso', 'activo_proveedor', 'solucionado', 'cerrado', 'no_gestionado', 'anulado')),
  CONSTRAINT fk_event_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);

-- Where a message lay or lies on the server: it moves, its identity does not.
CREATE TABLE location (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL,
  mailbox VARCHAR NOT NULL,
  folder VARCHAR NOT NULL,
  uidvalidity BIGINT,
  uid BIGINT,
  since DATETIME NOT NULL,
  left_at DATETIME,
  to_move BOOLEAN NOT NULL,
  CONSTRAINT uq_location_mailbox_folder_uidvalidity_uid UNIQUE (mailbox, folder, uidvalidity, uid),
  CONSTRAINT fk_location_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
CREATE INDEX ix_location_message_id ON location (message_id);
CREATE INDEX ix_location_to_move ON location (mailbox, folder, uidvalidity, uid) WHERE to_move = 1;

-- Mail of ours: its Message-ID and bytes are fixed when it is stored, so a retry is the same mail.
CREATE TABLE outbox (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  mailbox VARCHAR NOT NULL,
  case_id INTEGER,
  answers INTEGER,
  party VARCHAR NOT NULL,
  role VARCHAR(40) NOT NULL,
  template VARCHAR NOT NULL,
  recipient VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  message_id VARCHAR,
  reference VARCHAR,
  envelope_from VARCHAR NOT NULL,
  data BLOB NOT NULL,
  status VARCHAR(40) NOT NULL,
  queued_at DATETIME NOT NULL,
  next_attempt_at DATETIME,
  attempts INTEGER NOT NULL,
  times_uncertain INTEGER NOT NULL,
  claimed_by VARCHAR,
  claimed_at DATETIME,
  sent_at DATETIME,
  said VARCHAR NOT NULL,
  sent_message_id VARCHAR,
  CONSTRAINT fk_outbox_case_id FOREIGN KEY(case_id) REFERENCES "case" (id),
  CONSTRAINT fk_outbox_answers FOREIGN KEY(answers) REFERENCES message (id),
  CONSTRAINT ck_outbox_role CHECK (role IN ('request', 'request_again', 'reminder', 'close', 'notice', 'desk')),
  CONSTRAINT uq_outbox_message_id UNIQUE (message_id),
  CONSTRAINT ck_outbox_status CHECK (status IN ('queued', 'sending', 'sent', 'uncertain', 'refused', 'given_up', 'bounced', 'failed', 'not_needed'))
);
CREATE INDEX ix_outbox_case_id ON outbox (case_id);
CREATE INDEX ix_outbox_counted ON outbox (queued_at, role, status);
CREATE INDEX ix_outbox_open ON outbox (mailbox, next_attempt_at, id, status) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX ix_outbox_party ON outbox (party, queued_at);
CREATE INDEX ix_outbox_recipient ON outbox (recipient, queued_at);
CREATE INDEX ix_outbox_sending ON outbox (status, mailbox) WHERE status = 'sending';
CREATE INDEX ix_outbox_sent_message_id ON outbox (sent_message_id) WHERE sent_message_id IS NOT NULL;

-- A piece of a message as it came, at most 1 MiB: written with the message, read on demand.
CREATE TABLE raw_chunk (
  message_id INTEGER NOT NULL,
  n INTEGER NOT NULL,
  compressed BOOLEAN NOT NULL,
  data BLOB NOT NULL,
  CONSTRAINT pk_raw_chunk PRIMARY KEY (message_id, n),
  CONSTRAINT fk_raw_chunk_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);

-- What a verified address gave for a field that may be remembered, and in which message.
CREATE TABLE remembered (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  address VARCHAR NOT NULL,
  field VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  message_id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT uq_remembered_address_field UNIQUE (address, field),
  CONSTRAINT fk_remembered_message_id FOREIGN KEY(message_id) REFERENCES message (id)
);
