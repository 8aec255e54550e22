"""The rules of retention that a hub's own database goes by."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "retention_rule",
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("outcome", name=op.f("pk_retention_rule")),
    )
