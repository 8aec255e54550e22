"""Indexes by which the trail is read: by person, by kind, by time."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    for columns in (("by", "seq"), ("kind", "seq"), ("at", "by", "kind", "seq")):
        op.create_index(op.f(f"ix_event_{'_'.join(columns)}"), "event", list(columns), unique=False)
