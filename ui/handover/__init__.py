"""Handover: the end of a shift, the morning after it, and a person's own schedule."""
