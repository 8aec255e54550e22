"""What a hub keeps in two tables, what names a restricted contact apart from all else.

`hub_apart.sql` moves it; both are read and written as one, through a view. A desk's own file keeps
one table.
"""

from triage.storage.tables import lookup_result, shown, suggestion, verdict

APART = {kept.name: shown(kept) for kept in (lookup_result, verdict, suggestion)}
"""The view of each, by the name of the table."""
