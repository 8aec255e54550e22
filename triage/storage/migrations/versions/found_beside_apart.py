"""What was found beside a contact is read and written through views at a hub."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the views; a hub's rules make them whole and move what stands apart."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("lookup_result", "verdict", "suggestion"):
            op.execute(f"CREATE OR REPLACE VIEW {table}_shown AS SELECT * FROM {table}")
