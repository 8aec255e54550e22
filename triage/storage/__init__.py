"""The encrypted file or the hub's PostgreSQL: rows become values and back."""
