"""The directory of services as it is copied here, and referrals to them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "directory_copy",
        sa.Column("directory", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("directory", name=op.f("pk_directory_copy")),
    )
    op.create_table(
        "service",
        sa.Column("directory", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("directory", "id", name=op.f("pk_service")),
    )
    op.create_table(
        "service_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("directory", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_service_referral_contact_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_service_referral_number")),
    )
    op.create_index(
        op.f("ix_service_referral_contact_id_made_at"),
        "service_referral",
        ["contact_id", "made_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_referral_directory_service_id_made_at"),
        "service_referral",
        ["directory", "service_id", "made_at"],
        unique=False,
    )
