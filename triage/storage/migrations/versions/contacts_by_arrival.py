"""Contacts by when they came, whatever their state."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        op.f("ix_contact_received_at_id"), "contact", ["received_at", "id"], unique=False
    )
