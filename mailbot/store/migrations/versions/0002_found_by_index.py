"""What grew with the database is found by an index; an index less where two held the same."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def only(where: str, postgresql: str = "") -> dict[str, Any]:
    """A partial index."""
    return {"sqlite_where": sa.text(where), "postgresql_where": sa.text(postgresql or where)}


def upgrade() -> None:
    _location()
    _case()
    _outbox()


def _location() -> None:
    """SQLite asks for `to_move = 1`, and did not see that `to_move` says the same."""
    op.drop_index("ix_location_to_move", "location")
    columns = ["mailbox", "folder", "uidvalidity", "uid"]
    op.create_index("ix_location_to_move", "location", columns, **only("to_move = 1", "to_move"))


def _case() -> None:
    op.drop_index("ix_case_state", "case")
    op.create_index("ix_case_state", "case", ["state", "id", "mailbox"])
    op.drop_index("ix_case_correlation", "case")
    columns = ["rule", "correlation", "state"]
    op.create_index("ix_case_correlation", "case", columns, **only("correlation IS NOT NULL"))
    op.drop_index("ix_case_attention", "case")
    op.create_index("ix_case_attention", "case", ["id"], **only("attention IS NOT NULL"))


def _outbox() -> None:
    op.drop_index("ix_outbox_open", "outbox")
    columns = ["mailbox", "next_attempt_at", "id", "status"]
    op.create_index("ix_outbox_open", "outbox", columns, **only("next_attempt_at IS NOT NULL"))
    op.drop_index("ix_outbox_sending", "outbox")
    op.create_index("ix_outbox_sending", "outbox", ["status", "mailbox"], **only("status = 'sending'"))
    op.drop_index("ix_outbox_reference", "outbox")  # it held the Message-IDs once more
    op.drop_index("ix_outbox_sent_message_id", "outbox")
    columns = ["sent_message_id"]
    op.create_index("ix_outbox_sent_message_id", "outbox", columns, **only("sent_message_id IS NOT NULL"))
