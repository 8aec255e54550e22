"""The history of the tables, one step a file, for the encrypted file and PostgreSQL alike."""
