"""Every public key anybody signed with, and whether it was revoked."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, with the key each person has now."""
    table = op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_index(op.f("ix_signing_key_worker_id"), "signing_key", ["worker_id"], unique=False)
    worker = sa.table("worker", sa.column("id"), sa.column("public_jwk"))
    held = op.get_bind().execute(sa.select(worker.c.id, worker.c.public_jwk)).all()
    # When each was made is not known any more; the beginning of time revokes nothing.
    since = datetime(1970, 1, 1, tzinfo=UTC)
    rows = [
        {"kid": json.loads(jwk)["kid"], "worker_id": id, "jwk": jwk, "since": since}
        for id, jwk in held
        if "kid" in json.loads(jwk)
    ]
    if rows:
        op.bulk_insert(table, rows)
