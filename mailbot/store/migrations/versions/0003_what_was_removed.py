"""What was removed says so, and what is due to be removed is found by index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ALONE = "removed_at IS NULL AND outcome NOT IN ('opened', 'updated', 'on_closed_case', 'failed')"
ENDED = "closed_at IS NOT NULL AND removed_at IS NULL"


def upgrade() -> None:
    """A column that may be null costs nothing; the indexes are made in one walk through each table."""
    op.add_column("message", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("case", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    _index("ix_message_alone", "message", "stored_at", ALONE)
    _index("ix_case_ended", "case", "closed_at", ENDED)


def _index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
