"""The audit: who saw or did what, and why."""
