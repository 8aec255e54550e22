"""What a hub keeps in two tables, what names a restricted contact apart from all else.

`hub_apart.sql` moves it; both are read and written as one, through a view. A desk's own file keeps
one table.
"""

from sqlalchemy import Uuid, column, table

from triage.storage.tables import lookup_result, shown, suggestion, verdict

APART = {kept.name: shown(kept) for kept in (lookup_result, verdict, suggestion)}
"""The view of each, by the name of the table."""

request_beside = table("request_beside", column("request_id", Uuid), column("contact_id", Uuid))
"""The view that leads from a contact to its requests. At a hub no index of `request` does: see
`hub_requests.sql`."""
