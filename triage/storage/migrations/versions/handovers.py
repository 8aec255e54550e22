"""Contacts on their way from one person to another, and people's own reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _of_contact(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["contact_id"],
        ["contact.id"],
        name=op.f(f"fk_{table}_contact_id"),
        initially="DEFERRED",
        deferrable=True,
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "handover_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _of_contact("handover_offer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_offer")),
    )
    for columns in (["contact_id", "at"], ["by", "at"], ["to", "state"]):
        name = op.f(f"ix_handover_offer_{'_'.join(columns)}")
        op.create_index(name, "handover_offer", columns, unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _of_contact("reminder"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    for columns in (["by", "due_at"], ["contact_id"]):
        name = op.f(f"ix_reminder_{'_'.join(columns)}")
        op.create_index(name, "reminder", columns, unique=False)
