"""Run by alembic: migrates the store whose connection it is given, in that transaction."""

from alembic import context

from triage.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
