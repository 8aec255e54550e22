"""What vouches for a key and why one was revoked; time stamps over signed decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing of this was kept before."""
    op.add_column("signing_key", sa.Column("certificate", sa.LargeBinary(), nullable=True))
    op.add_column("signing_key", sa.Column("revoked_for", sa.Text(), nullable=True))
    op.add_column("delivery", sa.Column("time_stamp", sa.LargeBinary(), nullable=True))
    op.add_column("delivery", sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("not_stamped", sa.Text(), nullable=True))
