"""What Alembic runs: always on the connection that `migrate` opened, within its transaction."""

from alembic import context

from mailbot.store.tables import ALL

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
