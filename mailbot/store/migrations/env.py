"""What Alembic runs: always on the connection that `migrate` opened, within its transaction."""

from alembic import context

from mailbot.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
