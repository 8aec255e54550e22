"""No hash of a PIN is kept: the key that it opens, in each desk's own vault, is what judges it."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop them."""
    op.drop_column("worker", "pin_hash")
