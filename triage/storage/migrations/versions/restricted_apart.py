"""What restricted contacts are found by stands apart from what all others are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FOUND_BY = ("identity", "family", "full_name", "dob", "nhs_number")


def upgrade() -> None:
    """Make the tables and the views through which they are read, and move what is there."""
    words = ("identity", "family", "given", "full_name", "dob", "nhs_number")
    _make(
        "restricted_child",
        sa.Column("child", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in words),
        key=("contact_id", "child"),
    )
    _make("restricted_place", sa.Column("postcode", sa.Text(), nullable=False), key=("contact_id",))
    for table, columns in (("restricted_child", FOUND_BY), ("restricted_place", ("postcode",))):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        op.execute(f"CREATE VIEW {table}_shown AS SELECT * FROM {table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FORGET)
        op.execute("ALTER TABLE contact DISABLE TRIGGER USER")
    _move()
    if op.get_bind().dialect.name == "postgresql":
        # What waits for the end would keep the rules of a hub from being made anew.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")
        op.execute("ALTER TABLE contact ENABLE TRIGGER USER")
        op.execute("ANALYZE contact, contact_child")


def _make(table: str, *columns: sa.Column[str], key: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f(f"fk_{table}_contact_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
    )


def _move() -> None:
    restricted = "(SELECT contact_id FROM restriction)"
    op.execute(
        f"INSERT INTO restricted_child SELECT * FROM contact_child WHERE contact_id IN {restricted}"
    )
    op.execute(f"DELETE FROM contact_child WHERE contact_id IN {restricted}")
    here = f"postcode IS NOT NULL AND id IN {restricted}"
    op.execute(f"INSERT INTO restricted_place SELECT id, postcode FROM contact WHERE {here}")
    op.execute(f"UPDATE contact SET postcode = NULL WHERE {here}")


_FORGET = """
    CREATE OR REPLACE FUNCTION fanlight_forget_found_by(wanted uuid) RETURNS void LANGUAGE sql AS $$
        DELETE FROM contact_child WHERE contact_id = wanted;
        DELETE FROM restricted_child WHERE contact_id = wanted;
        DELETE FROM restricted_place WHERE contact_id = wanted;
    $$
"""
