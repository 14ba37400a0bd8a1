CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public."case" (
    id integer NOT NULL,
    number character varying,
    state character varying(40) NOT NULL,
    version integer NOT NULL,
    mailbox character varying NOT NULL,
    channel character varying NOT NULL,
    rule character varying NOT NULL,
    snapshot json NOT NULL,
    kind character varying(40) NOT NULL,
    severity integer NOT NULL,
    category character varying NOT NULL,
    level integer NOT NULL,
    "group" character varying NOT NULL,
    assignee character varying,
    client character varying,
    provider character varying,
    provider_reference character varying,
    correlation character varying,
    attention character varying,
    requester_email character varying,
    requester_name character varying NOT NULL,
    answer_to character varying,
    subject character varying NOT NULL,
    requests integer NOT NULL,
    reminded boolean NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    state_since timestamp with time zone NOT NULL,
    first_response_at timestamp with time zone,
    opened_at timestamp with time zone,
    solved_at timestamp with time zone,
    closed_at timestamp with time zone,
    removed_at timestamp with time zone,
    CONSTRAINT ck_case_kind CHECK (((kind)::text = ANY ((ARRAY['incidente'::character varying, 'requerimiento'::character varying])::text[]))),
    CONSTRAINT ck_case_level CHECK (((level >= 1) AND (level <= 3))),
    CONSTRAINT ck_case_severity CHECK (((severity >= 1) AND (severity <= 5))),
    CONSTRAINT ck_case_state CHECK (((state)::text = ANY ((ARRAY['precaso'::character varying, 'abierto'::character varying, 'en_proceso'::character varying, 'activo_proveedor'::character varying, 'solucionado'::character varying, 'cerrado'::character varying, 'no_gestionado'::character varying, 'anulado'::character varying])::text[])))
);
CREATE SEQUENCE public.case_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.case_id_seq OWNED BY public."case".id;
CREATE TABLE public.clock (
    id integer NOT NULL,
    case_id integer NOT NULL,
    kind character varying(40) NOT NULL,
    starts timestamp with time zone NOT NULL,
    due timestamp with time zone NOT NULL,
    calendar character varying NOT NULL,
    paused_at timestamp with time zone,
    elapsed integer NOT NULL,
    done_at timestamp with time zone,
    result character varying,
    CONSTRAINT ck_clock_kind CHECK (((kind)::text = ANY ((ARRAY['answer'::character varying, 'reminder'::character varying])::text[])))
);
CREATE SEQUENCE public.clock_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.clock_id_seq OWNED BY public.clock.id;
CREATE TABLE public.datum (
    case_id integer NOT NULL,
    field character varying NOT NULL,
    value character varying,
    source character varying(40) NOT NULL,
    doubtful boolean NOT NULL,
    misfit character varying NOT NULL,
    by character varying NOT NULL,
    third_party boolean NOT NULL,
    CONSTRAINT ck_datum_source CHECK (((source)::text = ANY ((ARRAY['sender'::character varying, 'label'::character varying, 'text'::character varying, 'remembered'::character varying, 'person'::character varying])::text[])))
);
CREATE TABLE public.event (
    id integer NOT NULL,
    case_id integer NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying NOT NULL,
    by character varying NOT NULL,
    from_state character varying(40),
    to_state character varying(40),
    reason character varying NOT NULL,
    data json NOT NULL,
    message_id integer,
    CONSTRAINT ck_event_from_state CHECK (((from_state)::text = ANY ((ARRAY['precaso'::character varying, 'abierto'::character varying, 'en_proceso'::character varying, 'activo_proveedor'::character varying, 'solucionado'::character varying, 'cerrado'::character varying, 'no_gestionado'::character varying, 'anulado'::character varying])::text[]))),
    CONSTRAINT ck_event_to_state CHECK (((to_state)::text = ANY ((ARRAY['precaso'::character varying, 'abierto'::character varying, 'en_proceso'::character varying, 'activo_proveedor'::character varying, 'solucionado'::character varying, 'cerrado'::character varying, 'no_gestionado'::character varying, 'anulado'::character varying])::text[])))
);
CREATE SEQUENCE public.event_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;
CREATE TABLE public.location (
    id integer NOT NULL,
    message_id integer NOT NULL,
    mailbox character varying NOT NULL,
    folder character varying NOT NULL,
    uidvalidity bigint,
    uid bigint,
    since timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    to_move boolean NOT NULL
);
CREATE SEQUENCE public.location_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.location_id_seq OWNED BY public.location.id;
CREATE TABLE public.message (
    id integer NOT NULL,
    mailbox character varying NOT NULL,
    message_id character varying NOT NULL,
    content_hash character varying NOT NULL,
    duplicate_of integer,
    case_id integer,
    sender character varying NOT NULL,
    sender_name character varying NOT NULL,
    sender_verified boolean NOT NULL,
    subject character varying NOT NULL,
    folded_subject character varying NOT NULL,
    text character varying NOT NULL,
    reply_text character varying NOT NULL,
    received_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    size integer NOT NULL,
    outcome character varying(40) NOT NULL,
    reasons json NOT NULL,
    earlier json NOT NULL,
    filed character varying NOT NULL,
    rule character varying,
    words json NOT NULL,
    also_matched json NOT NULL,
    kind character varying(40) NOT NULL,
    automatic boolean NOT NULL,
    may_answer boolean NOT NULL,
    repaired json NOT NULL,
    attachments json NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT ck_message_kind CHECK (((kind)::text = ANY ((ARRAY['person'::character varying, 'auto_reply'::character varying, 'auto_generated'::character varying, 'list'::character varying, 'bounce'::character varying, 'delivery_notice'::character varying, 'read_receipt'::character varying, 'calendar_reply'::character varying])::text[]))),
    CONSTRAINT ck_message_outcome CHECK (((outcome)::text = ANY ((ARRAY['opened'::character varying, 'updated'::character varying, 'on_closed_case'::character varying, 'unmatched'::character varying, 'informativo'::character varying, 'ignored'::character varying, 'bounce'::character varying, 'backlog'::character varying, 'duplicate'::character varying, 'too_big'::character varying, 'failed'::character varying])::text[])))
);
CREATE SEQUENCE public.message_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.message_id_seq OWNED BY public.message.id;
CREATE TABLE public.outbox (
    id integer NOT NULL,
    mailbox character varying NOT NULL,
    case_id integer,
    answers integer,
    party character varying NOT NULL,
    role character varying(40) NOT NULL,
    template character varying NOT NULL,
    recipient character varying NOT NULL,
    subject character varying NOT NULL,
    message_id character varying,
    reference character varying,
    envelope_from character varying NOT NULL,
    data bytea NOT NULL,
    status character varying(40) NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    next_attempt_at timestamp with time zone,
    attempts integer NOT NULL,
    times_uncertain integer NOT NULL,
    claimed_by character varying,
    claimed_at timestamp with time zone,
    sent_at timestamp with time zone,
    said character varying NOT NULL,
    sent_message_id character varying,
    CONSTRAINT ck_outbox_role CHECK (((role)::text = ANY ((ARRAY['request'::character varying, 'request_again'::character varying, 'reminder'::character varying, 'close'::character varying, 'notice'::character varying, 'desk'::character varying])::text[]))),
    CONSTRAINT ck_outbox_status CHECK (((status)::text = ANY ((ARRAY['queued'::character varying, 'sending'::character varying, 'sent'::character varying, 'uncertain'::character varying, 'refused'::character varying, 'given_up'::character varying, 'bounced'::character varying, 'failed'::character varying, 'not_needed'::character varying])::text[])))
);
CREATE SEQUENCE public.outbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.participant (
    case_id integer NOT NULL,
    email character varying NOT NULL
);
CREATE TABLE public.person (
    id integer NOT NULL,
    address character varying NOT NULL,
    name character varying NOT NULL,
    role character varying NOT NULL
);
CREATE SEQUENCE public.person_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.person_id_seq OWNED BY public.person.id;
CREATE TABLE public.progress (
    mailbox character varying NOT NULL,
    folder character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid_seen bigint NOT NULL,
    first_uidnext bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    read_up_to timestamp with time zone
);
CREATE TABLE public.raw_chunk (
    message_id integer NOT NULL,
    n integer NOT NULL,
    compressed boolean NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE public.relation (
    id integer NOT NULL,
    a integer NOT NULL,
    b integer NOT NULL,
    kind character varying NOT NULL,
    by character varying NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ck_relation_two_cases CHECK ((a <> b))
);
CREATE SEQUENCE public.relation_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.relation_id_seq OWNED BY public.relation.id;
CREATE TABLE public.remembered (
    id integer NOT NULL,
    address character varying NOT NULL,
    field character varying NOT NULL,
    value character varying NOT NULL,
    message_id integer NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.remembered_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.remembered_id_seq OWNED BY public.remembered.id;
CREATE TABLE public.setting (
    key character varying NOT NULL,
    value json NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public."case" ALTER COLUMN id SET DEFAULT nextval('public.case_id_seq'::regclass);
ALTER TABLE ONLY public.clock ALTER COLUMN id SET DEFAULT nextval('public.clock_id_seq'::regclass);
ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);
ALTER TABLE ONLY public.location ALTER COLUMN id SET DEFAULT nextval('public.location_id_seq'::regclass);
ALTER TABLE ONLY public.message ALTER COLUMN id SET DEFAULT nextval('public.message_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.person ALTER COLUMN id SET DEFAULT nextval('public.person_id_seq'::regclass);
ALTER TABLE ONLY public.relation ALTER COLUMN id SET DEFAULT nextval('public.relation_id_seq'::regclass);
ALTER TABLE ONLY public.remembered ALTER COLUMN id SET DEFAULT nextval('public.remembered_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0003');
INSERT INTO public."case" VALUES (1, 'MS-000001', 'abierto', 1, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'abierto@oti.example', 'abierto', 'abierto@oti.example', 'Contraseña de abierto', 0, false, '2026-11-18 15:01:00+00', '2026-11-18 15:01:00+00', '2026-11-18 15:01:00+00', '2026-11-18 15:01:00+00', NULL, NULL, NULL);
INSERT INTO public."case" VALUES (3, 'MS-000003', 'activo_proveedor', 3, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'activo_proveedor@oti.example', 'activo_proveedor', 'activo_proveedor@oti.example', 'Contraseña de activo_proveedor', 0, false, '2026-11-18 15:03:00+00', '2026-11-18 15:03:00+00', '2026-11-18 15:03:00+00', '2026-11-18 15:03:00+00', NULL, NULL, NULL);
INSERT INTO public."case" VALUES (4, 'MS-000004', 'solucionado', 2, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'solucionado@oti.example', 'solucionado', 'solucionado@oti.example', 'Contraseña de solucionado', 0, false, '2026-11-18 15:04:00+00', '2026-11-18 15:04:00+00', '2026-11-18 15:04:00+00', '2026-11-18 15:04:00+00', '2026-11-18 15:04:00+00', NULL, NULL);
INSERT INTO public."case" VALUES (5, 'MS-000005', 'cerrado', 3, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'cerrado@oti.example', 'cerrado', 'cerrado@oti.example', 'Contraseña de cerrado', 0, false, '2026-11-18 15:05:00+00', '2026-11-18 15:05:00+00', '2026-11-18 15:05:00+00', '2026-11-18 15:05:00+00', '2026-11-18 15:05:00+00', '2026-11-18 15:05:00+00', NULL);
INSERT INTO public."case" VALUES (2, 'MS-000002', 'en_proceso', 3, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'en_proceso@oti.example', 'en_proceso', 'en_proceso@oti.example', 'Contraseña de en_proceso', 0, false, '2026-11-18 15:02:00+00', '2026-11-18 15:02:00+00', '2026-11-18 15:02:00+00', '2026-11-18 15:02:00+00', NULL, NULL, NULL);
INSERT INTO public."case" VALUES (6, 'MS-000006', 'anulado', 2, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'anulado@oti.example', 'anulado', 'anulado@oti.example', 'Contraseña de anulado', 0, false, '2026-11-18 15:06:00+00', '2026-11-18 15:06:00+00', '2026-11-18 15:06:00+00', '2026-11-18 15:06:00+00', NULL, '2026-11-18 15:06:00+00', NULL);
INSERT INTO public."case" VALUES (8, 'MS-000008', 'abierto', 1, 'soporte', 'correo', 'alarma', '{"name": "alarma", "title": "", "rule": {"name": "alarma", "title": "", "keywords": ["problem", "recovery"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": ["nagios@oti.example"], "mailboxes": [], "strict": false, "treat_as": "monitoreo", "correlate": "(host \\w+)", "recover": ["recovery"], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": [], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, 'host alfa', NULL, 'nagios@oti.example', 'Nagios', NULL, 'PROBLEM host alfa', 0, false, '2026-11-19 15:19:00+00', '2026-11-19 15:19:00+00', NULL, '2026-11-19 15:19:00+00', NULL, NULL, NULL);
INSERT INTO public."case" VALUES (7, 'MS-000007', 'no_gestionado', 4, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'ana@oti.example', 'Ana Ruiz', 'ana@oti.example', 'Contraseña sin datos', 1, false, '2026-11-18 15:07:00+00', '2026-11-19 15:17:00+00', '2026-11-18 15:07:00+00', NULL, NULL, '2026-11-19 15:17:00+00', NULL);
INSERT INTO public."case" VALUES (9, 'MS-000009', 'precaso', 3, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'luz@oti.example', 'Luz Gil', 'luz@oti.example', 'Contraseña por completar', 2, false, '2026-11-19 15:21:00+00', '2026-11-19 15:21:00+00', '2026-11-19 15:21:00+00', NULL, NULL, NULL, NULL);
INSERT INTO public."case" VALUES (10, 'MS-000010', 'precaso', 1, 'soporte', 'precaso', 'acceso', '{"name": "acceso", "title": "", "rule": {"name": "acceso", "title": "", "keywords": ["contraseña"], "all": [], "unless": [], "pattern": "", "any_subject": false, "from": [], "mailboxes": [], "strict": false, "treat_as": "precaso", "correlate": "", "recover": [], "folder": "", "kind": "requerimiento", "severity": 5, "group": "Mesa", "category": "", "requires": ["telefono", "sede"], "open_at_once": false, "answer_within": null, "calendar": ""}, "fields": [{"name": "telefono", "label": "Teléfono", "aliases": [], "pattern": "\\+?\\d[\\d ()-]{6,}\\d", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}, {"name": "sede", "label": "Sede", "aliases": [], "pattern": "", "anywhere": false, "values": [], "from_sender": false, "remember": false, "sensitive": false, "hint": ""}], "answer_within": "86400000ms", "calendar": "24/7", "hours": null}', 'requerimiento', 5, '', 1, 'Mesa', NULL, NULL, NULL, NULL, NULL, NULL, 'ana@oti.example', 'Ana Ruiz', 'ana@oti.example', 'Otra contraseña más', 1, false, '2026-11-19 15:22:00+00', '2026-11-19 15:22:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.clock VALUES (2, 7, 'reminder', '2026-11-18 15:07:00+00', '2026-11-19 03:07:00+00', '24/7', NULL, 0, '2026-11-19 15:17:00+00', 'too_late');
INSERT INTO public.clock VALUES (1, 7, 'answer', '2026-11-18 15:07:00+00', '2026-11-19 15:07:00+00', '24/7', NULL, 0, '2026-11-19 15:17:00+00', 'expired');
INSERT INTO public.clock VALUES (3, 9, 'answer', '2026-11-19 15:21:00+00', '2026-11-20 15:21:00+00', '24/7', NULL, 0, NULL, NULL);
INSERT INTO public.clock VALUES (4, 9, 'reminder', '2026-11-19 15:21:00+00', '2026-11-20 03:21:00+00', '24/7', NULL, 0, NULL, NULL);
INSERT INTO public.datum VALUES (1, 'telefono', '300 555 0101', 'label', false, '', 'abierto@oti.example', false);
INSERT INTO public.datum VALUES (1, 'sede', 'Bogotá, piso 3', 'label', false, '', 'abierto@oti.example', false);
INSERT INTO public.datum VALUES (2, 'telefono', '300 555 0101', 'label', false, '', 'en_proceso@oti.example', false);
INSERT INTO public.datum VALUES (2, 'sede', 'Bogotá, piso 3', 'label', false, '', 'en_proceso@oti.example', false);
INSERT INTO public.datum VALUES (3, 'telefono', '300 555 0101', 'label', false, '', 'activo_proveedor@oti.example', false);
INSERT INTO public.datum VALUES (3, 'sede', 'Bogotá, piso 3', 'label', false, '', 'activo_proveedor@oti.example', false);
INSERT INTO public.datum VALUES (4, 'telefono', '300 555 0101', 'label', false, '', 'solucionado@oti.example', false);
INSERT INTO public.datum VALUES (4, 'sede', 'Bogotá, piso 3', 'label', false, '', 'solucionado@oti.example', false);
INSERT INTO public.datum VALUES (5, 'telefono', '300 555 0101', 'label', false, '', 'cerrado@oti.example', false);
INSERT INTO public.datum VALUES (5, 'sede', 'Bogotá, piso 3', 'label', false, '', 'cerrado@oti.example', false);
INSERT INTO public.datum VALUES (6, 'telefono', '300 555 0101', 'label', false, '', 'anulado@oti.example', false);
INSERT INTO public.datum VALUES (6, 'sede', 'Bogotá, piso 3', 'label', false, '', 'anulado@oti.example', false);
INSERT INTO public.datum VALUES (9, 'telefono', '300 555 0101', 'label', false, '', 'luz@oti.example', false);
INSERT INTO public.event VALUES (1, 1, 1, '2026-11-18 15:01:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 1);
INSERT INTO public.event VALUES (2, 1, 2, '2026-11-18 15:01:00+00', 'completed', 'mailbot', 'precaso', 'abierto', 'data_complete', '{}', 1);
INSERT INTO public.event VALUES (3, 2, 1, '2026-11-18 15:02:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 2);
INSERT INTO public.event VALUES (4, 2, 2, '2026-11-18 15:02:00+00', 'completed', 'mailbot', 'precaso', 'abierto', 'data_complete', '{}', 2);
INSERT INTO public.event VALUES (5, 2, 3, '2026-11-18 15:02:00+00', 'moved', 'cli:luz', 'abierto', 'en_proceso', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (6, 3, 1, '2026-11-18 15:03:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 3);
INSERT INTO public.event VALUES (7, 3, 2, '2026-11-18 15:03:00+00', 'completed', 'mailbot', 'precaso', 'abierto', 'data_complete', '{}', 3);
INSERT INTO public.event VALUES (8, 3, 3, '2026-11-18 15:03:00+00', 'moved', 'cli:luz', 'abierto', 'en_proceso', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (9, 3, 4, '2026-11-18 15:03:00+00', 'moved', 'cli:luz', 'en_proceso', 'activo_proveedor', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (10, 4, 1, '2026-11-18 15:04:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 4);
INSERT INTO public.event VALUES (11, 4, 2, '2026-11-18 15:04:00+00', 'completed', 'mailbot', 'precaso', 'abierto', 'data_complete', '{}', 4);
INSERT INTO public.event VALUES (12, 4, 3, '2026-11-18 15:04:00+00', 'moved', 'cli:luz', 'abierto', 'solucionado', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (13, 5, 1, '2026-11-18 15:05:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 5);
INSERT INTO public.event VALUES (14, 5, 2, '2026-11-18 15:05:00+00', 'completed', 'mailbot', 'precaso', 'abierto', 'data_complete', '{}', 5);
INSERT INTO public.event VALUES (15, 5, 3, '2026-11-18 15:05:00+00', 'moved', 'cli:luz', 'abierto', 'solucionado', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (16, 5, 4, '2026-11-18 15:05:00+00', 'moved', 'cli:luz', 'solucionado', 'cerrado', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (17, 6, 1, '2026-11-18 15:06:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 6);
INSERT INTO public.event VALUES (18, 6, 2, '2026-11-18 15:06:00+00', 'completed', 'mailbot', 'precaso', 'abierto', 'data_complete', '{}', 6);
INSERT INTO public.event VALUES (19, 6, 3, '2026-11-18 15:06:00+00', 'moved', 'cli:luz', 'abierto', 'anulado', 'por teléfono', '{}', NULL);
INSERT INTO public.event VALUES (20, 2, 4, '2026-11-18 15:06:00+00', 'related', 'cli:luz', NULL, NULL, 'MS-000001', '{}', NULL);
INSERT INTO public.event VALUES (21, 7, 1, '2026-11-18 15:07:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 7);
INSERT INTO public.event VALUES (22, 7, 2, '2026-11-18 15:07:00+00', 'asked', 'mailbot', NULL, NULL, 'request_accepted', '{}', NULL);
INSERT INTO public.event VALUES (23, 7, 3, '2026-11-19 15:17:00+00', 'expired', 'mailbot', 'precaso', 'no_gestionado', 'data_did_not_come', '{}', NULL);
INSERT INTO public.event VALUES (24, 8, 1, '2026-11-19 15:19:00+00', 'registered', 'mailbot', NULL, 'precaso', 'alarma', '{}', 9);
INSERT INTO public.event VALUES (25, 8, 2, '2026-11-19 15:19:00+00', 'opened', 'mailbot', 'precaso', 'abierto', 'monitoreo', '{}', 9);
INSERT INTO public.event VALUES (26, 9, 1, '2026-11-19 15:21:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 14);
INSERT INTO public.event VALUES (27, 9, 2, '2026-11-19 15:21:00+00', 'asked', 'mailbot', NULL, NULL, 'request_accepted', '{}', NULL);
INSERT INTO public.event VALUES (28, 9, 3, '2026-11-19 15:22:00+00', 'answered', 'mail:luz@oti.example', NULL, NULL, 'data_incomplete', '{}', 15);
INSERT INTO public.event VALUES (29, 10, 1, '2026-11-19 15:22:00+00', 'registered', 'mailbot', NULL, 'precaso', 'acceso', '{}', 16);
INSERT INTO public.location VALUES (1, 1, 'soporte', 'INBOX', 688869755, 101, '2026-11-18 15:01:00+00', '2026-11-18 15:01:00+00', false);
INSERT INTO public.location VALUES (2, 1, 'soporte', 'Procesados', 688850090, 101, '2026-11-18 15:01:00+00', NULL, false);
INSERT INTO public.location VALUES (3, 2, 'soporte', 'INBOX', 688869755, 102, '2026-11-18 15:02:00+00', '2026-11-18 15:02:00+00', false);
INSERT INTO public.location VALUES (4, 2, 'soporte', 'Procesados', 688850090, 102, '2026-11-18 15:02:00+00', NULL, false);
INSERT INTO public.location VALUES (5, 3, 'soporte', 'INBOX', 688869755, 103, '2026-11-18 15:03:00+00', '2026-11-18 15:03:00+00', false);
INSERT INTO public.location VALUES (6, 3, 'soporte', 'Procesados', 688850090, 103, '2026-11-18 15:03:00+00', NULL, false);
INSERT INTO public.location VALUES (7, 4, 'soporte', 'INBOX', 688869755, 104, '2026-11-18 15:04:00+00', '2026-11-18 15:04:00+00', false);
INSERT INTO public.location VALUES (8, 4, 'soporte', 'Procesados', 688850090, 104, '2026-11-18 15:04:00+00', NULL, false);
INSERT INTO public.location VALUES (9, 5, 'soporte', 'INBOX', 688869755, 105, '2026-11-18 15:05:00+00', '2026-11-18 15:05:00+00', false);
INSERT INTO public.location VALUES (10, 5, 'soporte', 'Procesados', 688850090, 105, '2026-11-18 15:05:00+00', NULL, false);
INSERT INTO public.location VALUES (11, 6, 'soporte', 'INBOX', 688869755, 106, '2026-11-18 15:06:00+00', '2026-11-18 15:06:00+00', false);
INSERT INTO public.location VALUES (12, 6, 'soporte', 'Procesados', 688850090, 106, '2026-11-18 15:06:00+00', NULL, false);
INSERT INTO public.location VALUES (13, 7, 'soporte', 'INBOX', 688869755, 107, '2026-11-18 15:07:00+00', '2026-11-18 15:07:00+00', false);
INSERT INTO public.location VALUES (14, 7, 'soporte', 'Procesados', 688850090, 107, '2026-11-18 15:07:00+00', NULL, false);
INSERT INTO public.location VALUES (15, 8, 'soporte', 'INBOX', 688869755, 108, '2026-11-19 15:19:00+00', '2026-11-19 15:19:00+00', false);
INSERT INTO public.location VALUES (20, 8, 'soporte', 'Boletines', 688960303, 101, '2026-11-19 15:19:00+00', NULL, false);
INSERT INTO public.location VALUES (16, 9, 'soporte', 'INBOX', 688869755, 109, '2026-11-19 15:19:00+00', '2026-11-19 15:19:00+00', false);
INSERT INTO public.location VALUES (21, 9, 'soporte', 'Procesados', 688850090, 108, '2026-11-19 15:19:00+00', NULL, false);
INSERT INTO public.location VALUES (17, 10, 'soporte', 'INBOX', 688869755, 110, '2026-11-19 15:19:00+00', '2026-11-19 15:19:00+00', false);
INSERT INTO public.location VALUES (18, 11, 'soporte', 'INBOX', 688869755, 111, '2026-11-19 15:19:00+00', '2026-11-19 15:19:00+00', false);
INSERT INTO public.location VALUES (19, 12, 'soporte', 'INBOX', 688869755, 112, '2026-11-19 15:19:00+00', '2026-11-19 15:19:00+00', false);
INSERT INTO public.location VALUES (22, 10, 'soporte', 'Por revisar', 688879035, 101, '2026-11-19 15:19:00+00', NULL, false);
INSERT INTO public.location VALUES (23, 11, 'soporte', 'Por revisar', 688879035, 102, '2026-11-19 15:19:00+00', NULL, false);
INSERT INTO public.location VALUES (24, 12, 'soporte', 'Por revisar', 688879035, 103, '2026-11-19 15:19:00+00', NULL, false);
INSERT INTO public.location VALUES (25, 13, 'soporte', 'INBOX', 688869755, 113, '2026-11-19 15:20:00+00', '2026-11-19 15:20:00+00', false);
INSERT INTO public.location VALUES (26, 13, 'soporte', 'Por revisar', 688879035, 104, '2026-11-19 15:20:00+00', NULL, false);
INSERT INTO public.location VALUES (27, 14, 'soporte', 'INBOX', 688869755, 114, '2026-11-19 15:21:00+00', '2026-11-19 15:21:00+00', false);
INSERT INTO public.location VALUES (28, 14, 'soporte', 'Procesados', 688850090, 109, '2026-11-19 15:21:00+00', NULL, false);
INSERT INTO public.location VALUES (29, 15, 'soporte', 'INBOX', 688869755, 115, '2026-11-19 15:22:00+00', '2026-11-19 15:22:00+00', false);
INSERT INTO public.location VALUES (30, 16, 'soporte', 'INBOX', 688869755, 116, '2026-11-19 15:22:00+00', '2026-11-19 15:22:00+00', false);
INSERT INTO public.location VALUES (31, 15, 'soporte', 'Procesados', 688850090, 110, '2026-11-19 15:22:00+00', NULL, false);
INSERT INTO public.location VALUES (32, 16, 'soporte', 'Procesados', 688850090, 111, '2026-11-19 15:22:00+00', NULL, false);
INSERT INTO public.message VALUES (1, 'soporte', '<16@oti.example>', '22b7f55709aa9ac3488c3665386512487f21225091b7de754257d30b1066a7b1', NULL, 1, 'abierto@oti.example', 'abierto', false, 'Contraseña de abierto', 'contrasena de abierto', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3
', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3', '2026-11-18 15:00:00+00', '2026-11-18 15:01:00+00', 287, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "abierto@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (2, 'soporte', '<17@oti.example>', 'a071ad1ce8160bcb6bdb1fd1bb1388a321a65860d637bfdaad8cc43f6e82c935', NULL, 2, 'en_proceso@oti.example', 'en_proceso', false, 'Contraseña de en_proceso', 'contrasena de en_proceso', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3
', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3', '2026-11-18 15:01:00+00', '2026-11-18 15:02:00+00', 296, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "en_proceso@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (3, 'soporte', '<18@oti.example>', '4014f9c382ef084154edb0c1853417aa2f58a249a457965965518fb82d72acc4', NULL, 3, 'activo_proveedor@oti.example', 'activo_proveedor', false, 'Contraseña de activo_proveedor', 'contrasena de activo_proveedor', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3
', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3', '2026-11-18 15:02:00+00', '2026-11-18 15:03:00+00', 314, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "activo_proveedor@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (4, 'soporte', '<19@oti.example>', 'ee3bc2446d30d771465782bc01f939072d71a80122ab1994bd4c3eec028f1bc7', NULL, 4, 'solucionado@oti.example', 'solucionado', false, 'Contraseña de solucionado', 'contrasena de solucionado', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3
', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3', '2026-11-18 15:03:00+00', '2026-11-18 15:04:00+00', 299, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "solucionado@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (5, 'soporte', '<20@oti.example>', 'dde9cc7cda38834aea98c114d30c794cab42489402ecca87751ec7b4708f03e9', NULL, 5, 'cerrado@oti.example', 'cerrado', false, 'Contraseña de cerrado', 'contrasena de cerrado', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3
', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3', '2026-11-18 15:04:00+00', '2026-11-18 15:05:00+00', 287, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "cerrado@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (6, 'soporte', '<21@oti.example>', '41a0e9a742b23ee694f92f0c4a2dc99afd9a7b4cb17bf1e3c0261839d9ed5ef9', NULL, 6, 'anulado@oti.example', 'anulado', false, 'Contraseña de anulado', 'contrasena de anulado', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3
', 'Teléfono: 300 555 0101
Sede: Bogotá, piso 3', '2026-11-18 15:05:00+00', '2026-11-18 15:06:00+00', 287, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "found", "detail": "sede (label)"}, {"check": "answer", "said": "allowed", "detail": "anulado@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (7, 'soporte', '<22@oti.example>', '0a723c81d6154861958683acd69dea52132265db77edd9b0e0dcf2983770311f', NULL, 7, 'ana@oti.example', 'Ana Ruiz', false, 'Contraseña sin datos', 'contrasena sin datos', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-18 15:06:00+00', '2026-11-18 15:07:00+00', 259, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "missing", "detail": "telefono, sede"}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (8, 'soporte', '<24@oti.example>', 'e5235563bc71bb56d1101c8869201b7186742067c743e75d884473cd7110d6d3', NULL, NULL, 'ana@oti.example', 'Ana Ruiz', false, 'Boletín', 'boletin', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-19 15:18:00+00', '2026-11-19 15:19:00+00', 246, 'informativo', '[{"check": "rule", "said": "matched", "detail": "boletin: Boletín"}]', '[]', 'Boletines', 'boletin', '["Boletín"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (9, 'soporte', '<25@oti.example>', 'b326be020949cb3a7d202c3a2feebf7ebe5299032357ff6f7a19c4430b49194f', NULL, 8, 'nagios@oti.example', 'Nagios', false, 'PROBLEM host alfa', 'problem host alfa', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-19 15:18:00+00', '2026-11-19 15:19:00+00', 240, 'opened', '[{"check": "automatic", "said": "program_sender", "detail": "From: nagios@oti.example"}, {"check": "rule", "said": "matched", "detail": "alarma: PROBLEM"}, {"check": "machine", "said": "opened", "detail": "host alfa"}]', '[]', 'handled', 'alarma', '["PROBLEM"]', '[]', 'auto_generated', true, false, '[]', '[]', NULL);
INSERT INTO public.message VALUES (10, 'soporte', '<23@oti.example>', '7c4dd3647d3382fde92ce92c9525c8cb01eca4b8a3702995509742c05bc83a0f', NULL, NULL, 'ana@oti.example', 'Ana Ruiz', false, 'Almuerzo', 'almuerzo', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-19 15:18:00+00', '2026-11-19 15:19:00+00', 230, 'unmatched', '[{"check": "rule", "said": "none", "detail": ""}, {"check": "rule", "said": "nothing_matched", "detail": ""}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]', '[]', 'review', NULL, '[]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (11, 'soporte', '<23@oti.example>', '7c4dd3647d3382fde92ce92c9525c8cb01eca4b8a3702995509742c05bc83a0f', 10, NULL, 'ana@oti.example', 'Ana Ruiz', false, 'Almuerzo', 'almuerzo', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-19 15:18:00+00', '2026-11-19 15:19:00+00', 230, 'duplicate', '[{"check": "rule", "said": "none", "detail": ""}, {"check": "identity", "said": "duplicate_of", "detail": "10"}]', '[]', 'review', NULL, '[]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (12, 'soporte', '', 'raw:1fdb7c7bc8fd104d34df6683aee07b7400dda054c9860423f1f68c2128557d2b', NULL, NULL, 'ana@oti.example', '', false, 'veneno', '', '', '', '2026-11-19 15:18:00+00', '2026-11-19 15:19:00+00', 8270, 'failed', '[{"check": "failed", "said": "error", "detail": "más de 100 partes una dentro de otra"}]', '[]', 'review', NULL, '[]', '[]', 'person', false, false, '[]', '[]', NULL);
INSERT INTO public.message VALUES (13, 'soporte', '<27@oti.example>', 'e47d4525f69477d8e7e817ce9ebe1b36d8af2fb6f636722229d35b770445deda', NULL, NULL, 'ana@oti.example', 'Ana Ruiz', false, 'Un correo grande', 'un correo grande', 'en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos 
', 'en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos en pedazos', '2026-11-19 15:19:00+00', '2026-11-19 15:20:00+00', 914, 'unmatched', '[{"check": "rule", "said": "none", "detail": ""}, {"check": "rule", "said": "nothing_matched", "detail": ""}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]', '[]', 'review', NULL, '[]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (14, 'soporte', '<28@oti.example>', '951ca878c5202dd968e1cf1cbbc0a2aa413dfcf6bbc3c9f31a23bbeb0aa01ae2', NULL, 9, 'luz@oti.example', 'Luz Gil', false, 'Contraseña por completar', 'contrasena por completar', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-19 15:20:00+00', '2026-11-19 15:21:00+00', 262, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "data", "said": "missing", "detail": "telefono, sede"}, {"check": "answer", "said": "allowed", "detail": "luz@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (15, 'soporte', '<29@oti.example>', '5454984a00261ba6b63d643c888e63d254acd4a5c2ad2fb37dc693bd19bd9730', NULL, 9, 'luz@oti.example', 'Luz Gil', false, 'Re: Contraseña por completar [MS-000009]', 'contrasena por completar [ms-000009]', 'Teléfono: 300 555 0101
El miércoles la mesa escribió:
> -- Escriba su respuesta encima de esta línea --
> 
> Cordial saludo, Luz Gil:
> 
> Recibimos su correo y lo registramos con el número MS-000009.
> 
> Para poder ayudarle necesitamos estos datos. Responda este mensaje con cada dato en un renglón, así:
> 
> Teléfono:
> Sede:
> 
> Si no tiene alguno de esos datos, escriba «no tengo» y lo revisará una persona.
> 
> Tiene 24 horas para responder a partir de este mensaje. Si no recibimos los datos, cerraremos la solicitud sin atenderla.
> 
> ¿Ya no necesita ayuda? Responda solo la palabra CANCELAR.
> 
> Por su seguridad, no nos envíe contraseñas. Nunca se las pediremos.
> 
> Mesa de Servicios
> Este mensaje es automático, pero sus respuestas sí se leen.
', 'Teléfono: 300 555 0101
El miércoles la mesa escribió:', '2026-11-19 15:21:00+00', '2026-11-19 15:22:00+00', 1365, 'updated', '[{"check": "rule", "said": "matched", "detail": "acceso: Contraseña"}, {"check": "thread", "said": "reference", "detail": "<ms.fd778697d6c0145fea08fece3239111c@mesa.example>"}, {"check": "answer_says", "said": "other", "detail": ""}, {"check": "data", "said": "found", "detail": "telefono (label)"}, {"check": "data", "said": "missing", "detail": "sede"}, {"check": "answer", "said": "allowed", "detail": "luz@oti.example"}]', '[]', 'handled', 'acceso', '["Contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.message VALUES (16, 'soporte', '<30@oti.example>', 'b75d8e1d08a049aaa8583ae4e0dcd7b90948482b6323db2c356ca64688c58afb', NULL, 10, 'ana@oti.example', 'Ana Ruiz', false, 'Otra contraseña más', 'otra contrasena mas', 'Hola, no puedo entrar.
', 'Hola, no puedo entrar.', '2026-11-19 15:21:00+00', '2026-11-19 15:22:00+00', 263, 'opened', '[{"check": "rule", "said": "matched", "detail": "acceso: contraseña"}, {"check": "data", "said": "missing", "detail": "telefono, sede"}, {"check": "answer", "said": "allowed", "detail": "ana@oti.example"}]', '[]', 'handled', 'acceso', '["contraseña"]', '[]', 'person', false, true, '[]', '[]', NULL);
INSERT INTO public.outbox VALUES (18, 'soporte', 10, 16, 'ana@oti.example', 'request', 'pedir_datos', 'ana@oti.example', 'Re: Otra contraseña más [MS-000010]', '<ms.a8d94a0a2d9775ecd2d9a91afe3b01f7@mesa.example>', '<ms.a8d94a0a2d9775ecd2d9a91afe3b01f7@mesa.example>', 'soporte@mesa.example', '\x46726f6d3a204d65736120646520536572766963696f73203c736f706f727465406d6573612e6578616d706c653e0d0a546f3a20616e61406f74692e6578616d706c650d0a5375626a6563743a203d3f7574662d383f623f556d553649453930636d45675932397564484a68633258447357456762634f686379426254564d744d4441774d44457758513d3d3f3d0d0a446174653a205468752c203139204e6f7620323032362031353a32323a3030202b303030300d0a4d6573736167652d49443a203c6d732e6138643934613061326439373735656364326439613931616665336230316637406d6573612e6578616d706c653e0d0a496e2d5265706c792d546f3a203c3330406f74692e6578616d706c653e0d0a5265666572656e6365733a203c3330406f74692e6578616d706c653e203c6d732e6138643934613061326439373735656364326439613931616665336230316637406d6573612e6578616d706c653e0d0a582d4d61696c626f742d5265666572656e63653a203c6d732e6138643934613061326439373735656364326439613931616665336230316637406d6573612e6578616d706c653e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f6d732e6138643934613061326439373735656364326439613931616665336230316637220d0a0d0a2d2d3d5f6d732e61386439346130613264393737356563643264396139316166653362303166370d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a2d2d20457363726962612073752072657370756573746120656e63696d612064652065737461206c3d43333d41446e6561202d2d0d0a0d0a436f726469616c2073616c75646f2c20416e61205275697a3a0d0a0d0a5265636962696d6f7320737520636f7272656f2079206c6f2072656769737472616d6f7320636f6e20656c206e3d43333d42416d65726f204d532d3030303031302e0d0a0d0a5061726120706f646572206179756461726c65206e656365736974616d6f73206573746f73206461746f732e20526573706f6e64612065737465206d656e73616a6520636f6e20636164613d0d0a206461746f20656e20756e2072656e676c3d43333d42336e2c2061733d43333d41443a0d0a0d0a54656c3d43333d4139666f6e6f3a0d0a536564653a0d0a0d0a5369206e6f207469656e6520616c67756e6f2064652065736f73206461746f732c2065736372696261203d43323d41426e6f2074656e676f3d43323d42422079206c6f20726576697361723d0d0a3d43333d413120756e6120706572736f6e612e0d0a0d0a5469656e6520323420686f726173207061726120726573706f6e6465722061207061727469722064652065737465206d656e73616a652e205369206e6f207265636962696d6f73206c6f733d0d0a206461746f732c20636572726172656d6f73206c6120736f6c6963697475642073696e206174656e6465726c612e0d0a0d0a3d43323d42465961206e6f206e656365736974612061797564613f20526573706f6e646120736f6c6f206c612070616c616272612043414e43454c41522e0d0a0d0a506f72207375207365677572696461642c206e6f206e6f7320656e763d43333d41446520636f6e74726173653d43333d423161732e204e756e6361207365206c6173207065646972656d6f3d0d0a732e0d0a0d0a4d65736120646520536572766963696f730d0a45737465206d656e73616a65206573206175746f6d3d43333d41317469636f2c207065726f20737573207265737075657374617320733d43333d4144207365206c65656e2e0d0a0d0a2d2d3d5f6d732e61386439346130613264393737356563643264396139316166653362303166370d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21646f63747970652068746d6c3e0d0a3c68746d6c206c616e673d3344226573223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223d0d0a3e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422666f726d61742d646574656374696f6e2220636f6e74656e743d33442274656c6570686f6e653d33446e6f2c20646174653d33446e6f2c2061646472653d0d0a73733d33446e6f2c20656d61696c3d33446e6f223e0d0a3c7469746c653e4e6f732066616c74616e2032206461746f732070617261206174656e6465726c653c2f7469746c653e0d0a3c7374796c653e0d0a3a726f6f74207b20636f6c6f722d736368656d653a206c69676874206461726b3b20737570706f727465642d636f6c6f722d736368656d65733a206c69676874206461726b3b207d0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e666f6e646f207b206261636b67726f756e643a20233130313431382021696d706f7274616e743b207d0d0a20202e686f6a61207b206261636b67726f756e643a20233161323032372021696d706f7274616e743b20636f6c6f723a20236536653965632021696d706f7274616e743b20626f726465723d0d0a2d636f6c6f723a20233263333533662021696d706f7274616e743b207d0d0a20202e63616a61207b206261636b67726f756e643a20233230326233372021696d706f7274616e743b20626f726465722d636f6c6f723a20233665613865302021696d706f7274616e743b3d0d0a20636f6c6f723a20236536653965632021696d706f7274616e743b207d0d0a20202e63697461207b20626f726465722d636f6c6f723a20233536363336662021696d706f7274616e743b20636f6c6f723a20236536653965632021696d706f7274616e743b207d0d0a20202e72617961207b20626f726465722d636f6c6f723a20233362343735342021696d706f7274616e743b207d0d0a20202e74656e7565207b20636f6c6f723a20236230626163342021696d706f7274616e743b207d0d0a7d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d334422666f6e646f22207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a236565663166343b2d7765626b693d0d0a742d746578742d73697a652d61646a7573743a31303025223e0d0a3c64697620636c6173733d334422666f6e646f22207374796c653d33442270616464696e673a31367078203870783b6261636b67726f756e643a23656566316634223e0d0a3c64697620636c6173733d334422686f6a6122207374796c653d3344226d61782d77696474683a36303070783b6d617267696e3a30206175746f3b70616464696e673a32347078203230703d0d0a783b626f782d73697a696e673a626f726465722d626f783b6261636b67726f756e643a236666666666663b636f6c6f723a233163323433303b626f726465723a31707820736f6c696420233d0d0a6438646565353b626f726465722d7261646975733a3870783b666f6e743a313670782f312e35202d6170706c652d73797374656d2c275365676f65205549272c526f626f746f2c48656c763d0d0a65746963612c417269616c2c73616e732d73657269663b6f766572666c6f772d777261703a616e797768657265223e0d0a3c646976207374796c653d334422646973706c61793a6e6f6e653b666f6e742d73697a653a3170783b6c696e652d6865696768743a3170783b6d61782d6865696768743a303b6f766572663d0d0a6c6f773a68696464656e3b6d736f2d686964653a616c6c223e4e6f732066616c74616e2032206461746f732070617261206174656e64657220737520736f6c696369747564204d532d30303d0d0a303031302e3c2f6469763e0d0a3c7020636c6173733d33442274656e756522207374796c653d3344226d617267696e3a30203020313670783b666f6e742d73697a653a313370783b636f6c6f723a23346135353633223e2d3d0d0a2d20457363726962612073752072657370756573746120656e63696d612064652065737461206c3d43333d41446e6561202d2d3c2f703e0d0a3c6831207374796c653d3344226d617267696e3a30203020313670783b666f6e742d73697a653a323170783b6c696e652d6865696768743a312e33223e4e6f732066616c74616e203220643d0d0a61746f732070617261206174656e6465726c653c2f68313e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e436f726469616c2073616c75646f2c20416e61205275697a3a3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5265636962696d6f7320737520636f7272656f2079206c6f2072656769737472616d6f7320636f6e20656c206e3d0d0a3d43333d42416d65726f203c7374726f6e67207374796c653d33442277686974652d73706163653a6e6f77726170223e4d532d3030303031303c2f7374726f6e673e2e3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5061726120706f646572206179756461726c65206e656365736974616d6f73206573746f73206461746f732e20523d0d0a6573706f6e64612065737465206d656e73616a6520636f6e2063616461206461746f20656e20756e2072656e676c3d43333d42336e2c2061733d43333d41443a3c2f703e0d0a3c64697620636c6173733d33442263616a6122207374796c653d3344226d617267696e3a30203020313670783b70616464696e673a3134707820313670783b6261636b67726f756e643a233d0d0a6630663666643b626f726465722d6c6566743a34707820736f6c696420233161356661383b636f6c6f723a23316332343330223e0d0a3c70207374796c653d3344226d617267696e3a30223e3c7374726f6e673e54656c3d43333d4139666f6e6f3a3c2f7374726f6e673e266e6273703b3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3134707820302030223e3c7374726f6e673e536564653a3c2f7374726f6e673e266e6273703b3c2f703e0d0a3c2f6469763e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5369206e6f207469656e6520616c67756e6f2064652065736f73206461746f732c2065736372696261203d43323d0d0a3d41426e6f2074656e676f3d43323d42422079206c6f20726576697361723d43333d413120756e6120706572736f6e612e3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5469656e65203c7374726f6e673e323420686f7261733c2f7374726f6e673e207061726120726573706f6e6465723d0d0a2061207061727469722064652065737465206d656e73616a652e205369206e6f207265636962696d6f73206c6f73206461746f732c20636572726172656d6f73206c6120736f6c696369743d0d0a75642073696e206174656e6465726c612e3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e3d43323d42465961206e6f206e656365736974612061797564613f20526573706f6e646120736f6c6f206c6120703d0d0a616c616272612043414e43454c41522e3c2f703e0d0a3c70207374796c653d3344226d617267696e3a30223e506f72207375207365677572696461642c206e6f206e6f7320656e763d43333d41446520636f6e74726173653d43333d423161732e3d0d0a204e756e6361207365206c6173207065646972656d6f732e3c2f703e0d0a3c7020636c6173733d33442274656e7565207261796122207374796c653d3344226d617267696e3a32347078203020303b70616464696e673a31367078203020303b626f726465722d746f3d0d0a703a31707820736f6c696420236438646565353b666f6e742d73697a653a313470783b636f6c6f723a23346135353633223e3c7374726f6e673e4d65736120646520536572766963696f733d0d0a3c2f7374726f6e673e3c62723e0d0a45737465206d656e73616a65206573206175746f6d3d43333d41317469636f2c207065726f20737573207265737075657374617320733d43333d4144207365206c65656e2e3c2f703e0d0a3c2f6469763e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f6d732e61386439346130613264393737356563643264396139316166653362303166372d2d0d0a', 'queued', '2026-11-19 15:22:00+00', '2026-11-19 15:22:00+00', 0, 0, NULL, NULL, NULL, '', NULL);
INSERT INTO public.outbox VALUES (17, 'soporte', 9, 15, 'luz@oti.example', 'request_again', 'pedir_faltantes', 'luz@oti.example', 'Re: Contraseña por completar [MS-000009]', '<ms.346b09b1fae87cb736ba0c9379885a75@mesa.example>', '<ms.346b09b1fae87cb736ba0c9379885a75@mesa.example>', 'soporte@mesa.example', '\x46726f6d3a204d65736120646520536572766963696f73203c736f706f727465406d6573612e6578616d706c653e0d0a546f3a206c757a406f74692e6578616d706c650d0a5375626a6563743a203d3f7574662d383f623f556d553649454e76626e527959584e6c77374668494842766369426a623231776247563059584967573031544c5441774d4441773f3d0d0a203d3f7574662d383f623f4f56303d3f3d0d0a446174653a205468752c203139204e6f7620323032362031353a32323a3030202b303030300d0a4d6573736167652d49443a203c6d732e3334366230396231666165383763623733366261306339333739383835613735406d6573612e6578616d706c653e0d0a496e2d5265706c792d546f3a203c3239406f74692e6578616d706c653e0d0a5265666572656e6365733a203c3238406f74692e6578616d706c653e203c6d732e6664373738363937643663303134356665613038666563653332333931313163406d6573612e6578616d706c653e203c3239406f74692e6578616d706c653e203c6d732e3334366230396231666165383763623733366261306339333739383835613735406d6573612e6578616d706c653e0d0a582d4d61696c626f742d5265666572656e63653a203c6d732e3334366230396231666165383763623733366261306339333739383835613735406d6573612e6578616d706c653e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a582d4175746f2d526573706f6e73652d53757070726573733a2044522c20524e2c204e524e2c204f4f462c204175746f5265706c790d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b20626f756e646172793d223d5f6d732e3334366230396231666165383763623733366261306339333739383835613735220d0a0d0a2d2d3d5f6d732e33343662303962316661653837636237333662613063393337393838356137350d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a2d2d20457363726962612073752072657370756573746120656e63696d612064652065737461206c3d43333d41446e6561202d2d0d0a0d0a4772616369617320706f7220726573706f6e6465722c204c757a2047696c2e0d0a0d0a50617261206174656e646572206c6120736f6c696369747564204d532d30303030303920746f6461763d43333d4144612066616c74612065737465206461746f2e20526573706f6e6461203d0d0a65737465206d656e73616a65207920657363723d43333d414462616c6f3a0d0a0d0a536564653a0d0a0d0a5369206e6f207469656e6520657365206461746f2c2065736372696261203d43323d41426e6f2074656e676f3d43323d42422079206c6f20726576697361723d43333d413120756e6120703d0d0a6572736f6e612e0d0a0d0a456c20706c617a6f206e6f2063616d6269613a20766965726e6573203230206465206e6f7669656d6272652c2031303a323120612e206d2e0d0a0d0a59612074656e656d6f733a0d0a2d2054656c3d43333d4139666f6e6f3a203330302035353520303130310d0a0d0a4d65736120646520536572766963696f730d0a45737465206d656e73616a65206573206175746f6d3d43333d41317469636f2c207065726f20737573207265737075657374617320733d43333d4144207365206c65656e2e0d0a0d0a2d2d3d5f6d732e33343662303962316661653837636237333662613063393337393838356137350d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d7574662d380d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21646f63747970652068746d6c3e0d0a3c68746d6c206c616e673d3344226573223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223d0d0a3e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422666f726d61742d646574656374696f6e2220636f6e74656e743d33442274656c6570686f6e653d33446e6f2c20646174653d33446e6f2c2061646472653d0d0a73733d33446e6f2c20656d61696c3d33446e6f223e0d0a3c7469746c653e477261636961732e20546f6461763d43333d4144612066616c74612031206461746f3c2f7469746c653e0d0a3c7374796c653e0d0a3a726f6f74207b20636f6c6f722d736368656d653a206c69676874206461726b3b20737570706f727465642d636f6c6f722d736368656d65733a206c69676874206461726b3b207d0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e666f6e646f207b206261636b67726f756e643a20233130313431382021696d706f7274616e743b207d0d0a20202e686f6a61207b206261636b67726f756e643a20233161323032372021696d706f7274616e743b20636f6c6f723a20236536653965632021696d706f7274616e743b20626f726465723d0d0a2d636f6c6f723a20233263333533662021696d706f7274616e743b207d0d0a20202e63616a61207b206261636b67726f756e643a20233230326233372021696d706f7274616e743b20626f726465722d636f6c6f723a20233665613865302021696d706f7274616e743b3d0d0a20636f6c6f723a20236536653965632021696d706f7274616e743b207d0d0a20202e63697461207b20626f726465722d636f6c6f723a20233536363336662021696d706f7274616e743b20636f6c6f723a20236536653965632021696d706f7274616e743b207d0d0a20202e72617961207b20626f726465722d636f6c6f723a20233362343735342021696d706f7274616e743b207d0d0a20202e74656e7565207b20636f6c6f723a20236230626163342021696d706f7274616e743b207d0d0a7d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d334422666f6e646f22207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a236565663166343b2d7765626b693d0d0a742d746578742d73697a652d61646a7573743a31303025223e0d0a3c64697620636c6173733d334422666f6e646f22207374796c653d33442270616464696e673a31367078203870783b6261636b67726f756e643a23656566316634223e0d0a3c64697620636c6173733d334422686f6a6122207374796c653d3344226d61782d77696474683a36303070783b6d617267696e3a30206175746f3b70616464696e673a32347078203230703d0d0a783b626f782d73697a696e673a626f726465722d626f783b6261636b67726f756e643a236666666666663b636f6c6f723a233163323433303b626f726465723a31707820736f6c696420233d0d0a6438646565353b626f726465722d7261646975733a3870783b666f6e743a313670782f312e35202d6170706c652d73797374656d2c275365676f65205549272c526f626f746f2c48656c763d0d0a65746963612c417269616c2c73616e732d73657269663b6f766572666c6f772d777261703a616e797768657265223e0d0a3c646976207374796c653d334422646973706c61793a6e6f6e653b666f6e742d73697a653a3170783b6c696e652d6865696768743a3170783b6d61782d6865696768743a303b6f766572663d0d0a6c6f773a68696464656e3b6d736f2d686964653a616c6c223e546f6461763d43333d4144612066616c74612031206461746f2070617261206174656e646572206c6120736f6c69636974753d0d0a64204d532d3030303030392e3c2f6469763e0d0a3c7020636c6173733d33442274656e756522207374796c653d3344226d617267696e3a30203020313670783b666f6e742d73697a653a313370783b636f6c6f723a23346135353633223e2d3d0d0a2d20457363726962612073752072657370756573746120656e63696d612064652065737461206c3d43333d41446e6561202d2d3c2f703e0d0a3c6831207374796c653d3344226d617267696e3a30203020313670783b666f6e742d73697a653a323170783b6c696e652d6865696768743a312e33223e477261636961732e20546f6461763d0d0a3d43333d4144612066616c74612031206461746f3c2f68313e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4772616369617320706f7220726573706f6e6465722c204c757a2047696c2e3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e50617261206174656e646572206c6120736f6c696369747564203c7374726f6e67207374796c653d3344227768693d0d0a74652d73706163653a6e6f77726170223e4d532d3030303030393c2f7374726f6e673e20746f6461763d43333d4144612066616c74612065737465206461746f2e20526573706f6e6461203d0d0a65737465206d656e73616a65207920657363723d43333d414462616c6f3a3c2f703e0d0a3c64697620636c6173733d33442263616a6122207374796c653d3344226d617267696e3a30203020313670783b70616464696e673a3134707820313670783b6261636b67726f756e643a233d0d0a6630663666643b626f726465722d6c6566743a34707820736f6c696420233161356661383b636f6c6f723a23316332343330223e0d0a3c70207374796c653d3344226d617267696e3a30223e3c7374726f6e673e536564653a3c2f7374726f6e673e266e6273703b3c2f703e0d0a3c2f6469763e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5369206e6f207469656e6520657365206461746f2c2065736372696261203d43323d41426e6f2074656e676f3d0d0a3d43323d42422079206c6f20726576697361723d43333d413120756e6120706572736f6e612e3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e456c20706c617a6f206e6f2063616d6269613a203c7374726f6e673e766965726e6573203230206465206e6f76693d0d0a656d6272652c2031303a323120612e206d2e3c2f7374726f6e673e3c2f703e0d0a3c6832207374796c653d3344226d617267696e3a323070782030203870783b666f6e742d73697a653a31377078223e59612074656e656d6f733c2f68323e0d0a3c756c207374796c653d3344226d617267696e3a30203020313670783b70616464696e673a30203020302032307078223e0d0a3c6c69207374796c653d3344226d617267696e3a30203020367078223e54656c3d43333d4139666f6e6f3a203c7374726f6e673e3330302035353520303130313c2f7374726f6e673e3c2f3d0d0a6c693e0d0a3c2f756c3e3c7020636c6173733d33442274656e7565207261796122207374796c653d3344226d617267696e3a32347078203020303b70616464696e673a31367078203020303b626f72643d0d0a65722d746f703a31707820736f6c696420236438646565353b666f6e742d73697a653a313470783b636f6c6f723a23346135353633223e3c7374726f6e673e4d65736120646520536572763d0d0a6963696f733c2f7374726f6e673e3c62723e0d0a45737465206d656e73616a65206573206175746f6d3d43333d41317469636f2c207065726f20737573207265737075657374617320733d43333d4144207365206c65656e2e3c2f703e0d0a3c2f6469763e0d0a3c2f6469763e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f6d732e33343662303962316661653837636237333662613063393337393838356137352d2d0d0a', 'sending', '2026-11-19 15:22:00+00', NULL, 1, 0, 'otra:1:abcdef01', '2026-11-19 15:22:00+00', NULL, '', NULL);
INSERT INTO public.outbox VALUES (1, 'soporte', 1, 1, 'abierto@oti.example', 'notice', 'caso_abierto', 'abierto@oti.example', 'Re: Contraseña de abierto [MS-000001]', '<ms.fae2d38bb9f288f79053a1a097b337aa@mesa.example>', '<ms.fae2d38bb9f288f79053a1a097b337aa@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:01:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:01:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (2, 'soporte', 1, 1, 'abierto@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: acceso, severidad 5 (solicitud) [MS-000001]', '<ms.dc7a63ca6c4b28c70f322464db2910b1@mesa.example>', '<ms.dc7a63ca6c4b28c70f322464db2910b1@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:01:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:01:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (3, 'soporte', 2, 2, 'en_proceso@oti.example', 'notice', 'caso_abierto', 'en_proceso@oti.example', 'Re: Contraseña de en_proceso [MS-000002]', '<ms.3353c1827796cea81682355208eaa4b2@mesa.example>', '<ms.3353c1827796cea81682355208eaa4b2@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:02:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:02:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (4, 'soporte', 2, 2, 'en_proceso@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: acceso, severidad 5 (solicitud) [MS-000002]', '<ms.501eb6caea0eefb935aa8e61cce97835@mesa.example>', '<ms.501eb6caea0eefb935aa8e61cce97835@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:02:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:02:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (5, 'soporte', 3, 3, 'activo_proveedor@oti.example', 'notice', 'caso_abierto', 'activo_proveedor@oti.example', 'Re: Contraseña de activo_proveedor [MS-000003]', '<ms.84a6b27e6a9d14e5153fd73941e5e128@mesa.example>', '<ms.84a6b27e6a9d14e5153fd73941e5e128@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:03:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:03:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (6, 'soporte', 3, 3, 'activo_proveedor@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: acceso, severidad 5 (solicitud) [MS-000003]', '<ms.270affbe5905246d8fa51ac775216fc6@mesa.example>', '<ms.270affbe5905246d8fa51ac775216fc6@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:03:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:03:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (7, 'soporte', 4, 4, 'solucionado@oti.example', 'notice', 'caso_abierto', 'solucionado@oti.example', 'Re: Contraseña de solucionado [MS-000004]', '<ms.945c1cdff6891731296e96bbaa5ff38a@mesa.example>', '<ms.945c1cdff6891731296e96bbaa5ff38a@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:04:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:04:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (8, 'soporte', 4, 4, 'solucionado@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: acceso, severidad 5 (solicitud) [MS-000004]', '<ms.cd74a647c3d323bf5e6989c22eb43324@mesa.example>', '<ms.cd74a647c3d323bf5e6989c22eb43324@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:04:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:04:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (9, 'soporte', 5, 5, 'cerrado@oti.example', 'notice', 'caso_abierto', 'cerrado@oti.example', 'Re: Contraseña de cerrado [MS-000005]', '<ms.23baf3377ec8e3cc69742e979cb15ef4@mesa.example>', '<ms.23baf3377ec8e3cc69742e979cb15ef4@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:05:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:05:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (10, 'soporte', 5, 5, 'cerrado@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: acceso, severidad 5 (solicitud) [MS-000005]', '<ms.4601186f2afab46059e07711175e48b6@mesa.example>', '<ms.4601186f2afab46059e07711175e48b6@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:05:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:05:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (11, 'soporte', 6, 6, 'anulado@oti.example', 'notice', 'caso_abierto', 'anulado@oti.example', 'Re: Contraseña de anulado [MS-000006]', '<ms.be3a5712ee4194173a592a7fa45ddae8@mesa.example>', '<ms.be3a5712ee4194173a592a7fa45ddae8@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:06:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:06:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (12, 'soporte', 6, 6, 'anulado@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: acceso, severidad 5 (solicitud) [MS-000006]', '<ms.29ad43f889132aea5c3b246e5a786970@mesa.example>', '<ms.29ad43f889132aea5c3b246e5a786970@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:06:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:06:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (13, 'soporte', 7, 7, 'ana@oti.example', 'request', 'pedir_datos', 'ana@oti.example', 'Re: Contraseña sin datos [MS-000007]', '<ms.af9a090dd4264f61b1120867349d6a0f@mesa.example>', '<ms.af9a090dd4264f61b1120867349d6a0f@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-18 15:07:00+00', NULL, 1, 0, NULL, NULL, '2026-11-18 15:07:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (14, 'soporte', 7, NULL, 'ana@oti.example', 'close', 'no_gestionado', 'ana@oti.example', 'Re: Contraseña sin datos [MS-000007]', '<ms.c9ef2e4845c5e0f748f9df1240d9aae9@mesa.example>', '<ms.c9ef2e4845c5e0f748f9df1240d9aae9@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-19 15:17:00+00', NULL, 1, 0, NULL, NULL, '2026-11-19 15:17:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (15, 'soporte', 8, 9, 'nagios@oti.example', 'desk', 'aviso_caso', 'mesa@oti.example', 'Caso nuevo: alarma, severidad 5 (solicitud) [MS-000008]', '<ms.9970ffb1d32c063f37d343befde7034a@mesa.example>', '<ms.9970ffb1d32c063f37d343befde7034a@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-19 15:19:00+00', NULL, 1, 0, NULL, NULL, '2026-11-19 15:19:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.outbox VALUES (16, 'soporte', 9, 14, 'luz@oti.example', 'request', 'pedir_datos', 'luz@oti.example', 'Re: Contraseña por completar [MS-000009]', '<ms.fd778697d6c0145fea08fece3239111c@mesa.example>', '<ms.fd778697d6c0145fea08fece3239111c@mesa.example>', 'soporte@mesa.example', '\x73686f7274656e65642c20666f72206974206973206e657665722072656164', 'sent', '2026-11-19 15:21:00+00', NULL, 1, 0, NULL, NULL, '2026-11-19 15:21:00+00', '2.0.0 Ok', NULL);
INSERT INTO public.participant VALUES (1, 'abierto@oti.example');
INSERT INTO public.participant VALUES (1, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (2, 'en_proceso@oti.example');
INSERT INTO public.participant VALUES (2, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (3, 'activo_proveedor@oti.example');
INSERT INTO public.participant VALUES (3, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (4, 'solucionado@oti.example');
INSERT INTO public.participant VALUES (4, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (5, 'cerrado@oti.example');
INSERT INTO public.participant VALUES (5, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (6, 'anulado@oti.example');
INSERT INTO public.participant VALUES (6, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (7, 'ana@oti.example');
INSERT INTO public.participant VALUES (7, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (8, 'nagios@oti.example');
INSERT INTO public.participant VALUES (9, 'luz@oti.example');
INSERT INTO public.participant VALUES (9, 'soporte@mesa.example');
INSERT INTO public.participant VALUES (10, 'ana@oti.example');
INSERT INTO public.participant VALUES (10, 'soporte@mesa.example');
INSERT INTO public.person VALUES (1, 'ana@oti.example', 'Ana Ruiz', 'usuaria');
INSERT INTO public.progress VALUES ('redes', 'INBOX', 688866047, 100, 101, '2026-11-18 15:00:00+00', '2026-11-18 15:00:00+00');
INSERT INTO public.progress VALUES ('soporte', 'INBOX', 688869755, 116, 101, '2026-11-18 15:00:00+00', '2026-11-19 15:22:00+00');
INSERT INTO public.raw_chunk VALUES (1, 0, true, '\x78015d8f416ac3301045f702dd61c8ba4e2d8c4b50e33a244d218bac6aba97edb1ab606b146902e971baec3972b1baa58192dd5f7cde7fff25d0a8c1d41603132cffc28ad8cef16c463fe09314afa7fa800d6b28ca1377c9a23c961b721c4cc46293156b65ca025abc62a4d8638ca6c764f7ac61a91e6e70156988e42930ae468ce6ba24c50f151d27d587470d8c67bef783b1ee119a7713227231fb1598fdab06e3628721d9ba865aeb7a0d8bdaf2e4b0db6f93370cd192d3a0e6a9145254385cbe3a72934196a690e739a42a55d3456ca7c535f5c497cf3bf0361264527c0346f95da2');
INSERT INTO public.raw_chunk VALUES (2, 0, true, '\x78015d90414ec3301045f7967c8751d7a4c48a222ad390aaa5485d7445c416b9c92418251e634fa5721c969ca317c320212a76b3f87afffd7908346940f7ec03b51809967ff78ad8cef164263fe29d148fc7c32bb6aca1aa8fdc678bfaadde90e36022569ba25a2b5357d0e1054c8a3dc66806cc76f71a96eae61fb1210d913c05c6d584d1fc9649f10d46c759f3ee5103e389affd68acbb85f6c584885ccd7e1c6617d1605cec31645bd75267dda06171b09c1c76fb6df684215a721ad43c97428a06c7f3674f2e1914790e655942ae72955662971ad734109f3faec0dbf493428a2f8cbc6178');
INSERT INTO public.raw_chunk VALUES (3, 0, true, '\x7801658fc14ac3401445f703f30f8fae4d4d088130764c69add0455706b7324d5ee248326f9c792df5735cfa1dfd31a32048bbbd5cce3df731d0a8c0346c8ff4e2031d115b0ab0b84c96c4768e2733fa01efa5783aecdfb06105ba3a709794d57bb526c7c144d4eb5caf32536968f10a2cc50e63343d26db07058bacbce0d6a42092a7c0b81c319abf49297ef0e838a93f3c2a603cf1ad1f8c7577d0bc9a1091f5ecd764f6af1a8c8b1d8664e31a6aadeb15947bcb93c376b7499e31444b4e41364fa590a2c6e1fcd5919b0cf23485a22820cdd26cfa8aedb4b8a29ef8fc7903de46825c8a6f7e086923');
INSERT INTO public.raw_chunk VALUES (4, 0, true, '\x78015d8f416ac3301045f702dd61c8ba4a658c2155e23a244d218bac6aba57ecb1ab626b5c690ce971baec3972b13a8582e9726078effde740bd8148dd5839f2b626d8cc8e2db15be2c5f643878f52bc8ce777acd8405e8cdca855f151ecc973b011f37d9aef125be450e31c27c50963b42daae393814df2f00f59d2cd3e5060dcf618ed9f4d8a1b193dabf27340038c17be1f3aebfc1aaa371b2272bef88d58cc5e83f5b1c1a00ebea2daf9d6c0eaec786a389e0eea15439c361a48965a0a294aecaedf0df9a920d51ab22c039de8649a89f564dc514b7cfdba83c14582548a1f160a62d3');
INSERT INTO public.raw_chunk VALUES (5, 0, true, '\x78015d8f414ec3301045f7967c8751d7b83844912a5393aaa5485d7445c4de4d26c128f1047b2a95e3b0e41cbd1801510975f7175fefbfff14693050638cae2158fe8515b19fe3c90d638f0f523c1f0f6f58b3015b1eb9558bf2bddc50e0e812da4d6ed7992b2d3478c148b1c7945c876af7686079a7af701519483452645c0d98dc65498a1f2a0656d5c78806184f7c3bf6ce877ba85f5d4cc876f62b30fb578d2ea416a3da869a1a1f3a038b83e7c961b7dfaa178cc9533090cdb5145254d89fbf5a0a9341ae351445013ad3d974119b69714d1df1f9f306469f087229be0132795d8b');
INSERT INTO public.raw_chunk VALUES (6, 0, true, '\x78015d8f416ac3301045f702dd61c8ba4ead1a4350e33a244d218bac6aba57ecb1ab606b14690ce971baec3972b1baa58192dd5f7cde7fff25d0a0c1b8b1370dc1f22fac88ed1ccf66f03d3e49f13a1e8e58b386a21cb94d16e5a9dc90e36022169bac582b5316d0e01523c51e63341d26bb670dcb077583ab4843244f8171356034d725297ea8e838a93e3c6a603cf3bdef8d758f50bf9b10918bd9afc0ec5f3518175b0cc9d6d5d458d769581c2c4f0ebbfd3679c3102d390d6a9e4a214585fde5ab25371964690a799e43aa52355dc4665a5c53477cf9bc036f234126c5373f295d98');
INSERT INTO public.raw_chunk VALUES (7, 0, true, '\x78015dce414f02311086e17b93fe870967bb021e3495ba2862e4c04588f76177809add99dace26e8af174d4c8cf72feff33d65e93ddc33c2cb103f61868c73d158d109fbd4d19d359b61f7468d7a08f5a07b7753bfd70b61cd58282caec2c304eb002532b4a852ac5953297820b77af4309b4effd5b6e2a14892ac34efa9e02f64cd779458ddf6239107a5935ea60e23df4273c45c48c3e8c71ffd9966e4b2a7ec96dc481bf9e0e17a17f5fc61b55eba57ca250a7b9854636bac79960e2f8005d240adc0d9ca982b6bbe00bd4c54da');
INSERT INTO public.raw_chunk VALUES (8, 0, true, '\x78015dce4d4b033110c6f17b20df61e8b9596b1594d8edf655eca1975abc4fb7d39ab23b139359a87e7a174110ef0fffdff39ca4f53067845d17be60828c33d150d015dbd8d0d49ad7ee70a15a3d9455a727f7587d540b6948cbe55d395f71555ab3a59cf14c6eb3f23019dfff0becc54396284969d652c6dfb6354b612556b7ff8ce441e9aa37b1c1c04f50bf63cabd31f821077fa609399f28b935d7720c7cf6f07008da7fd86cd7ee8d520ec21e6e8b9135d6bc4883436081d8d151a0b712a6c29a6f1f9a500d');
INSERT INTO public.raw_chunk VALUES (9, 0, true, '\x78015d8e4d4b03411044ef03f31f9a9c9df50344199310d41503ae8a06ef9d4def6664b77b98ee85f8ef0d82209eea52af5e3d1419233c639f4461ce3fb9124b151d70cc032dbd7b9fb69fd45a84d7b797dba7ba81bda8010e1d7ad7902af614d6f711e61797ffc88d4450c9528c562329fe8e7a77276cc416365f9922181dec340f98f806da3d16255bcc26ebc2f5ec4fb5206b4725d4dcca2e711fe16a9becf861ddd4e1838a26e108e7d59977de3dca8027c00279a29dc0d155b054de7d0309894f15');
INSERT INTO public.raw_chunk VALUES (10, 0, true, '\x78015d8e314f02411046fb4df63f4ca8dd53a4c0ac68200a81824689fd700cb8e66e66333b9b00bf9e6b4c8cfdfbdef7562a7d8405237cd474851932cec5524367ec7347afde7dd6fd0fb536405d5f49afe2dd964ac11385cd7b84d9e3e4df6027118a6451a3794f057f5ddebd091bb185dd255304a3b3dde70e133f43fb8d5ac85e46d58ee169f40755e472240d4b6ee590f81461ba4f36346cb6cbf0455a92708471f3e09d776be9f00e5820573a080c5f8ada787703ff934be7');
INSERT INTO public.raw_chunk VALUES (12, 0, true, '\x780195dacd8a13411486e17d20f710661fed53ff15475114c1851bf506324e2b914967984964f4ea2da1bf6a70e5bb3b8b3e9ccd432d5efafdc3e9b8dbbc99f69b4f97c3efcdf57edabf3e9d0fcfc6a7fdf1fe6e7cb55e7dbedcfc18bf9e779b9fe3344ea7f5eae3f8f8b8ff3e6e3fbcdb6dae5dfae7f3b7a7e93c4ee7ed975ff7e36e73bcdc9d0ff7fb87f3f3e3e169bc7db1b9395da6dbfdc3af9757c3d57ab55e6db7c37af5df3b36ef18d871f38e033b7edef16027cc3b01ecc47927829d34ef24b093e79d0c76cabc53c04e9d772ad831413024a15320164c188c68307130e2c104c28808130923264c288ca830b130e2c204c3880c130d23369c6c3862c3c98623369c6c3862c3c98623369c6c3862c3c98623369c6c3862c3c98623369c6c3862c3c9862336bc6c7862c3cb862736bc6c7862c3cb862736bc6c7862c3cb862736bc6c7862c3cb862736bc6c7862c3cb862736826c046223c8462036826c046223c8462036826c046223c8462036826c046223c8462036826c046223c8462036a26c446223ca462436a26c446223ca462436a26c446223ca462436a26c446223ca462436a26c446223ca462436926c246223c9462236926c246223c9462236926c246223c9462236926c246223c9462236926c246223c9462236b26c646223cb462636b26c646223cb462636b26c646223cb462636b26c646223cb462636b26c646223cb4626368a6c1462a3c84621368a6c1462a3c84621368a6c1462a3c84621368a6c1462a3c84621368a6c1462a3c8462136aa6c5462a3ca462536aa6c5462a3ca462536aa6c5462a3ca462536aa6c5462a3ca462536aa6c5462a3ca4625366c108e36a166261e36101f3608489bd03d11b18118b14148da84ee89890dc4890d82d226744f546c20566c109636a17be26203f2b2c452584bbb17435e9660ca8ae9924c59335da229aba64b3665dd7409a7ac9c2ee994b5d3259eb27abae453d44fad07d436119f3da11a6aa8d6236a9bd0bdfebea08e6a3da4b609ddebef0b6aa9d6636a9bd0bdfebea09e6a3da8b609ddebef0b6aaad6a36a9bc8bd9e550d7555eb61b54de85ef782daaaf5b8da2674af7b417dd57a606d13bad7bda0c66a3db2b609ddeb5e5067b51e5adb44eef5d46aa8b55a8fad6d42f7ba17d45bad07d736a17bdd0b6aaed6a36b9bd0bdee057557ebe1b54de85ef7f2b7bdae57df4ed36dfb35e00f902a0d56');
INSERT INTO public.raw_chunk VALUES (13, 0, false, '\x46726f6d3a20416e61205275697a203c616e61406f74692e6578616d706c653e0d0a5375626a6563743a20556e20636f7272656f206772616e64650d0a4d6573736167652d49443a203c3237406f74692e6578616d706c653e0d0a546f3a20736f706f727465406d6573612e6578616d706c650d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a4d494d452d56657273696f6e3a20312e300d0a0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a');
INSERT INTO public.raw_chunk VALUES (13, 1, false, '\x6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73');
INSERT INTO public.raw_chunk VALUES (13, 2, false, '\x20656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f73203d0d0a656e20706564617a6f7320656e20706564617a6f7320656e20706564617a6f732065');
INSERT INTO public.raw_chunk VALUES (13, 3, false, '\x6e20706564617a6f733d32300d0a');
INSERT INTO public.raw_chunk VALUES (14, 0, true, '\x78015d8e414f02311046ef4dfa1f269ced2a7a9054ea121195444e10efc332604db753db6982fc7a171313e3fd7bef7d4f997b0baff504cf3ec034d4d38cc53774c43e05bad76a5db71fd48905d756d99b49fbd9ce394ac6426e7ee31ec6d83a489ca1e3332198b55a51297820b37cb430bd9efc336ed842e101119af554f037a6d5594c51cce62b9105a1a35ca6803ede41f78eb990b8d1cf87d19f69c658f694cd2276bcf3f160e176eb65f8b05c2dcc1be5e2395a1837575a69f5c2012f2032a44a3b86a19531375a7d0325d1565b');
INSERT INTO public.raw_chunk VALUES (15, 0, true, '\x78019d54dd4f2231107f27e17f98f8cc722cf805e78a8078315163805c72b9dcc3d00e58d36dd7b66bc4bffea645147d940792eececcef637edd2b67cb01dcd4aff04b6938d3f5eb850daa4d2f58569ace9b8d79bd7c24110630a30114c33aacb2d3e1d370624d70e8a998f48a718ec3022aeb40d8d815d0c1dfdb79d689bffebf66e396bcc73565d7970338ebf6bf202cec00bce5f640172579dc81371bd7269b51a537592c392b7d7b254f4e4e8ffb27f25874f2c3a31561e77445827add5e3fcf73f1a99fc9cf68458e8c201f814fbf007f6be4b79aa25b6442b6d854ec62a097f0a3d2a8cc4f100fe83c85e220197bd06cbc973a349ed9675323ac54663d80a7da069259e59409b8d4c4c65edf4eb3dfe4bcb2660079bbd36c341b0bd2712ba3feca1af6add7e9c0d1d11174f24e1e5f4f35946a5be084d5e4412344df81bc706a99de8d7b8366e31cb20ca6e92182afc191af6af2812b8d50258224eee1e316efd2107207f7155d26720e13eba4420d1e752d6d6b97b238f9ad624682014bebe378619d230b1bd096a1d6ca73c0e22b610d900693a2362ac959780f57fb63d63d3ae4104a72809b5aa2d30486b3e155486398290f93c8ff6d0eb3afac91517320566f3c3e52421228b168365221eb84da3019b34e12c73dd302f4c9bccb3d199f1d8fd2e72469af60aec058088a0c01ea75cd87e4dd8e50ebcd7b8462d22d46e358cca0369ec6e39d25cfcaa3636e093f6766ac97776f0deed9b04820dd4378b07c3fa18aaec4c5b1dae84c7c10947b5bddbbf4366c29baf78568eb7736f81608720e1dc575705abcd54aa8504bf0ca0032559eadf75924e2577f30cade2d61bb96e187f73cc6c671156a5c32cdc9e86e32bd19cdf6d4dcf34785a3e1695d3b2551b6d2406641e679bb86b4b5fd4f116ff7ae368259120f670748aac89cd5f8bdc9fc4d4a019e937b6631d6c7b54df7d3c03703eb60cbaddd41098e30fb6d9990ffb80b1cdd2d9184476418e33f7210ac0d');
INSERT INTO public.raw_chunk VALUES (16, 0, true, '\x78015d8e414bc3401085ef0bfb1f869eddb4a10765ed36adb5620f45d0e255a6e9b4ae2433717702d55f6f1404f1f6783cbeefdd25693d2c19e1b18f9f3043c685682ce88c6dd7d0dc9aa77eff46b57a78d08410aa5e8feeaa7aaf6ae1a1c81456d37053e24bfb1d9665ae82355bca194fe436b71e66d3c93fe24e3c64e924292d5acaf82bb366353089d5ed3e3af2a074d671d760e46ba85f3165d230fad18ffe4c13723e52726baee510f9e4e1721f75f8b0d9aedd33a51c853d94c5c41a6beea5c10b6081aea783c0e04a980a6bbe00c33755ab');
INSERT INTO public.relation VALUES (1, 2, 1, 'related', 'cli:luz', '2026-11-18 15:06:00+00');
INSERT INTO public.remembered VALUES (1, 'ana@oti.example', 'telefono', '300 555 0101', 1, '2026-11-18 15:00:00+00');
INSERT INTO public.setting VALUES ('oauth2:soporte', '{"refresh_token": "secreto"}', '2026-11-19 15:22:00+00');
SELECT pg_catalog.setval('public.case_id_seq', 10, true);
SELECT pg_catalog.setval('public.clock_id_seq', 4, true);
SELECT pg_catalog.setval('public.event_id_seq', 29, true);
SELECT pg_catalog.setval('public.location_id_seq', 32, true);
SELECT pg_catalog.setval('public.message_id_seq', 16, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 18, true);
SELECT pg_catalog.setval('public.person_id_seq', 1, true);
SELECT pg_catalog.setval('public.relation_id_seq', 1, true);
SELECT pg_catalog.setval('public.remembered_id_seq', 1, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public."case"
    ADD CONSTRAINT pk_case PRIMARY KEY (id);
ALTER TABLE ONLY public.clock
    ADD CONSTRAINT pk_clock PRIMARY KEY (id);
ALTER TABLE ONLY public.datum
    ADD CONSTRAINT pk_datum PRIMARY KEY (case_id, field);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT pk_event PRIMARY KEY (id);
ALTER TABLE ONLY public.location
    ADD CONSTRAINT pk_location PRIMARY KEY (id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT pk_message PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.participant
    ADD CONSTRAINT pk_participant PRIMARY KEY (case_id, email);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT pk_person PRIMARY KEY (id);
ALTER TABLE ONLY public.progress
    ADD CONSTRAINT pk_progress PRIMARY KEY (mailbox, folder);
ALTER TABLE ONLY public.raw_chunk
    ADD CONSTRAINT pk_raw_chunk PRIMARY KEY (message_id, n);
ALTER TABLE ONLY public.relation
    ADD CONSTRAINT pk_relation PRIMARY KEY (id);
ALTER TABLE ONLY public.remembered
    ADD CONSTRAINT pk_remembered PRIMARY KEY (id);
ALTER TABLE ONLY public.setting
    ADD CONSTRAINT pk_setting PRIMARY KEY (key);
ALTER TABLE ONLY public."case"
    ADD CONSTRAINT uq_case_number UNIQUE (number);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT uq_event_case_id_seq UNIQUE (case_id, seq);
ALTER TABLE ONLY public.location
    ADD CONSTRAINT uq_location_mailbox_folder_uidvalidity_uid UNIQUE (mailbox, folder, uidvalidity, uid);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT uq_outbox_message_id UNIQUE (message_id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT uq_person_address UNIQUE (address);
ALTER TABLE ONLY public.relation
    ADD CONSTRAINT uq_relation_a_b_kind UNIQUE (a, b, kind);
ALTER TABLE ONLY public.remembered
    ADD CONSTRAINT uq_remembered_address_field UNIQUE (address, field);
CREATE INDEX ix_case_attention ON public."case" USING btree (id) WHERE (attention IS NOT NULL);
CREATE INDEX ix_case_correlation ON public."case" USING btree (rule, correlation, state) WHERE (correlation IS NOT NULL);
CREATE INDEX ix_case_ended ON public."case" USING btree (closed_at) WHERE ((closed_at IS NOT NULL) AND (removed_at IS NULL));
CREATE INDEX ix_case_requester ON public."case" USING btree (requester_email, state);
CREATE INDEX ix_case_state ON public."case" USING btree (state, id, mailbox);
CREATE INDEX ix_clock_case_id ON public.clock USING btree (case_id);
CREATE INDEX ix_clock_due ON public.clock USING btree (due) WHERE (done_at IS NULL);
CREATE INDEX ix_location_message_id ON public.location USING btree (message_id);
CREATE INDEX ix_location_to_move ON public.location USING btree (mailbox, folder, uidvalidity, uid) WHERE to_move;
CREATE INDEX ix_message_alone ON public.message USING btree (stored_at) WHERE ((removed_at IS NULL) AND ((outcome)::text <> ALL ((ARRAY['opened'::character varying, 'updated'::character varying, 'on_closed_case'::character varying, 'failed'::character varying])::text[])));
CREATE INDEX ix_message_case_id ON public.message USING btree (case_id);
CREATE INDEX ix_message_failed ON public.message USING btree (mailbox, received_at) WHERE ((outcome)::text = 'failed'::text);
CREATE INDEX ix_message_message_id ON public.message USING btree (message_id);
CREATE INDEX ix_message_outcome ON public.message USING btree (outcome);
CREATE INDEX ix_outbox_case_id ON public.outbox USING btree (case_id);
CREATE INDEX ix_outbox_counted ON public.outbox USING btree (queued_at, role, status);
CREATE INDEX ix_outbox_open ON public.outbox USING btree (mailbox, next_attempt_at, id, status) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX ix_outbox_party ON public.outbox USING btree (party, queued_at);
CREATE INDEX ix_outbox_recipient ON public.outbox USING btree (recipient, queued_at);
CREATE INDEX ix_outbox_sending ON public.outbox USING btree (status, mailbox) WHERE ((status)::text = 'sending'::text);
CREATE INDEX ix_outbox_sent_message_id ON public.outbox USING btree (sent_message_id) WHERE (sent_message_id IS NOT NULL);
CREATE INDEX ix_relation_b ON public.relation USING btree (b);
CREATE UNIQUE INDEX uq_clock_running ON public.clock USING btree (case_id, kind) WHERE (done_at IS NULL);
CREATE UNIQUE INDEX uq_message_content_hash ON public.message USING btree (content_hash) WHERE (duplicate_of IS NULL);
ALTER TABLE ONLY public.clock
    ADD CONSTRAINT fk_clock_case_id FOREIGN KEY (case_id) REFERENCES public."case"(id);
ALTER TABLE ONLY public.datum
    ADD CONSTRAINT fk_datum_case_id FOREIGN KEY (case_id) REFERENCES public."case"(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT fk_event_case_id FOREIGN KEY (case_id) REFERENCES public."case"(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT fk_event_message_id FOREIGN KEY (message_id) REFERENCES public.message(id);
ALTER TABLE ONLY public.location
    ADD CONSTRAINT fk_location_message_id FOREIGN KEY (message_id) REFERENCES public.message(id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_case_id FOREIGN KEY (case_id) REFERENCES public."case"(id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT fk_message_duplicate_of FOREIGN KEY (duplicate_of) REFERENCES public.message(id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_answers FOREIGN KEY (answers) REFERENCES public.message(id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_case_id FOREIGN KEY (case_id) REFERENCES public."case"(id);
ALTER TABLE ONLY public.participant
    ADD CONSTRAINT fk_participant_case_id FOREIGN KEY (case_id) REFERENCES public."case"(id);
ALTER TABLE ONLY public.raw_chunk
    ADD CONSTRAINT fk_raw_chunk_message_id FOREIGN KEY (message_id) REFERENCES public.message(id);
ALTER TABLE ONLY public.relation
    ADD CONSTRAINT fk_relation_a FOREIGN KEY (a) REFERENCES public."case"(id);
ALTER TABLE ONLY public.relation
    ADD CONSTRAINT fk_relation_b FOREIGN KEY (b) REFERENCES public."case"(id);
ALTER TABLE ONLY public.remembered
    ADD CONSTRAINT fk_remembered_message_id FOREIGN KEY (message_id) REFERENCES public.message(id);
