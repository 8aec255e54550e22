"""Which contacts are restricted, in a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, with what contacts say of themselves."""
    op.create_table(
        "restriction",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_restriction_contact_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_restriction")),
    )
    contact = sa.table("contact", sa.column("id"), sa.column("body"))
    said = sa.select(contact.c.id).where(contact.c.body.contains('"restricted":true'))
    restriction = sa.table("restriction", sa.column("contact_id"))
    op.execute(sa.insert(restriction).from_select(["contact_id"], said))
