"""A contact typed while the caller speaks."""
