"""How many examples are drawn: few where every change is tested, more by one command."""

import os

EXAMPLES = int(os.environ.get("FANLIGHT_EXAMPLES", "60"))
"""`python -m tests.faults fuzz 5000` sets it."""
