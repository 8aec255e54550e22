"""Who belongs together is told by the pairs that people joined, and by nothing in a contact."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_WITHOUT = """replace(body, ',"episode_id":"' || {} || '"', '')"""
_DASHED = "||'-'||".join(f"substr(episode_id, {at})" for at in ("1,8", "9,4", "13,4", "17,4", "21"))


def upgrade() -> None:
    """Take the episode out of contacts, their words too."""
    op.drop_index("ix_contact_episode_id_received_at", table_name="contact")
    if op.get_bind().dialect.name == "postgresql":
        # Each row anew, and not those alone that were in one: a row says when it was written.
        op.execute(
            "ALTER TABLE contact ALTER body TYPE text USING "
            f"CASE WHEN episode_id IS NULL THEN body ELSE {_WITHOUT.format('episode_id')} END"
        )
    else:
        op.execute(
            f"UPDATE contact SET body = {_WITHOUT.format(_DASHED)} WHERE episode_id IS NOT NULL"
        )
    op.drop_column("contact", "episode_id")
