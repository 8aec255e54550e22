"""What waits for an answer or a time stamp is found without reading what is done."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    op.create_index(op.f("ix_correction_standing_at"), "correction", ["standing", "at"])
    op.create_index(op.f("ix_delivery_not_stamped"), "delivery", ["not_stamped"])
