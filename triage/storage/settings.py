"""Named settings of the hub and the desk, as JSON."""

import json
from typing import Any

from sqlalchemy import insert, select, update

from triage.storage.engine import Transaction
from triage.storage.tables import setting as table


def get(tx: Transaction, name: str, default: Any = None) -> Any:
    """The setting, or `default` where it was never put."""
    value = tx.connection.scalar(select(table.c.value).where(table.c.name == name))
    return default if value is None else json.loads(value)


def put(tx: Transaction, name: str, value: Any) -> None:
    """Keep a setting; anything that JSON holds."""
    body = json.dumps(value)
    changed = tx.connection.execute(update(table).where(table.c.name == name).values(value=body))
    if changed.rowcount == 0:
        tx.connection.execute(insert(table).values(name=name, value=body))
