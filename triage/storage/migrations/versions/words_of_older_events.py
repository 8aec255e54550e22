"""Words of events from before they were sealed by contact are sealed."""

from datetime import UTC, datetime

from alembic import op

from triage.storage.engine import Transaction
from triage.storage.resealing import seal_older

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Seal them, and tell of it at the end of the chain."""
    seal_older(Transaction(op.get_bind()), datetime.now(UTC))
