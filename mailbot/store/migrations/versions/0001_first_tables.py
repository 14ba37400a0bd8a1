"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def words(name: str, values: str) -> sa.Enum:
    """Text with a CHECK."""
    return sa.Enum(*values.split(), name=name, native_enum=False, create_constraint=True, length=40)


def only(where: str) -> dict[str, Any]:
    """A partial index."""
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}


def upgrade() -> None:
    _case()
    _case_indexes()
    _person()
    _progress()
    _setting()
    _clock()
    _datum()
    _message()
    _message_indexes()
    _participant()
    _relation()
    _event()
    _location()
    _outbox()
    _outbox_indexes()
    _raw_chunk()
    _remembered()


def _case() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column(
            "state",
            words(
                "state",
                "precaso abierto en_proceso activo_proveedor solucionado cerrado no_gestionado anulado",
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("kind", words("kind", "incidente requerimiento"), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("client", sa.String(), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("provider_reference", sa.String(), nullable=True),
        sa.Column("correlation", sa.String(), nullable=True),
        sa.Column("attention", sa.String(), nullable=True),
        sa.Column("requester_email", sa.String(), nullable=True),
        sa.Column("requester_name", sa.String(), nullable=False),
        sa.Column("answer_to", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_case_level")),
        sa.CheckConstraint("severity BETWEEN 1 AND 5", name=op.f("ck_case_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
        sqlite_autoincrement=True,
    )


def _case_indexes() -> None:
    op.create_index("ix_case_attention", "case", ["attention"], **only("attention IS NOT NULL"))
    op.create_index("ix_case_correlation", "case", ["rule", "correlation"], **only("correlation IS NOT NULL"))
    op.create_index("ix_case_requester", "case", ["requester_email", "state"])
    op.create_index(op.f("ix_case_state"), "case", ["state"])


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("address", name=op.f("uq_person_address")),
        sqlite_autoincrement=True,
    )


def _progress() -> None:
    op.create_table(
        "progress",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid_seen", sa.BigInteger(), nullable=False),
        sa.Column("first_uidnext", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_up_to", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", "folder", name=op.f("pk_progress")),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", words("kind", "answer reminder"), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_clock_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clock_case_id"), "clock", ["case_id"])
    op.create_index("ix_clock_due", "clock", ["due"], **only("done_at IS NULL"))
    op.create_index("uq_clock_running", "clock", ["case_id", "kind"], unique=True, **only("done_at IS NULL"))


def _datum() -> None:
    op.create_table(
        "datum",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("source", words("source", "sender label text remembered person"), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("misfit", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("third_party", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_datum_case_id")),
        sa.PrimaryKeyConstraint("case_id", "field", name=op.f("pk_datum")),
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("sender_verified", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("folded_subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reply_text", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            words(
                "outcome",
                "opened updated on_closed_case unmatched informativo ignored bounce backlog duplicate too_big failed",
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("filed", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("also_matched", sa.JSON(), nullable=False),
        sa.Column(
            "kind",
            words(
                "kind",
                "person auto_reply auto_generated list bounce delivery_notice read_receipt calendar_reply",
            ),
            nullable=False,
        ),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("may_answer", sa.Boolean(), nullable=False),
        sa.Column("repaired", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_message_case_id")),
        sa.ForeignKeyConstraint(["duplicate_of"], ["message.id"], name=op.f("fk_message_duplicate_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sqlite_autoincrement=True,
    )


def _message_indexes() -> None:
    op.create_index(op.f("ix_message_case_id"), "message", ["case_id"])
    op.create_index("ix_message_failed", "message", ["mailbox", "received_at"], **only("outcome = 'failed'"))
    op.create_index(op.f("ix_message_message_id"), "message", ["message_id"])
    op.create_index(op.f("ix_message_outcome"), "message", ["outcome"])
    op.create_index(
        "uq_message_content_hash", "message", ["content_hash"], unique=True, **only("duplicate_of IS NULL")
    )


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_participant_case_id")),
        sa.PrimaryKeyConstraint("case_id", "email", name=op.f("pk_participant")),
    )


def _relation() -> None:
    op.create_table(
        "relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("a <> b", name=op.f("ck_relation_two_cases")),
        sa.ForeignKeyConstraint(["a"], ["case.id"], name=op.f("fk_relation_a")),
        sa.ForeignKeyConstraint(["b"], ["case.id"], name=op.f("fk_relation_b")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
        sa.UniqueConstraint("a", "b", "kind", name=op.f("uq_relation_a_b_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_relation_b"), "relation", ["b"])


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "from_state",
            words(
                "from_state",
                "precaso abierto en_proceso activo_proveedor solucionado cerrado no_gestionado anulado",
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            words(
                "to_state",
                "precaso abierto en_proceso activo_proveedor solucionado cerrado no_gestionado anulado",
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_event_case_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_event_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_event_case_id_seq")),
        sqlite_autoincrement=True,
    )


def _location() -> None:
    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_move", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_location_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint(
            "mailbox", "folder", "uidvalidity", "uid", name=op.f("uq_location_mailbox_folder_uidvalidity_uid")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_location_message_id"), "location", ["message_id"])
    op.create_index("ix_location_to_move", "location", ["mailbox", "folder"], **only("to_move"))


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("role", words("role", "request request_again reminder close notice desk"), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("envelope_from", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column(
            "status",
            words("status", "queued sending sent uncertain refused given_up bounced failed not_needed"),
            nullable=False,
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("times_uncertain", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("sent_message_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["answers"], ["message.id"], name=op.f("fk_outbox_answers")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sqlite_autoincrement=True,
    )


def _outbox_indexes() -> None:
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"])
    op.create_index("ix_outbox_counted", "outbox", ["queued_at", "role", "status"])
    op.create_index(
        "ix_outbox_open", "outbox", ["mailbox", "next_attempt_at"], **only("next_attempt_at IS NOT NULL")
    )
    op.create_index("ix_outbox_party", "outbox", ["party", "queued_at"])
    op.create_index("ix_outbox_recipient", "outbox", ["recipient", "queued_at"])
    op.create_index(op.f("ix_outbox_reference"), "outbox", ["reference"])
    op.create_index("ix_outbox_sending", "outbox", ["claimed_at"], **only("status = 'sending'"))
    op.create_index(op.f("ix_outbox_sent_message_id"), "outbox", ["sent_message_id"])


def _raw_chunk() -> None:
    op.create_table(
        "raw_chunk",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("compressed", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_raw_chunk_message_id")),
        sa.PrimaryKeyConstraint("message_id", "n", name=op.f("pk_raw_chunk")),
    )


def _remembered() -> None:
    op.create_table(
        "remembered",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_remembered_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered")),
        sa.UniqueConstraint("address", "field", name=op.f("uq_remembered_address_field")),
        sqlite_autoincrement=True,
    )
