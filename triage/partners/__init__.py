"""What partner agencies hold: look-ups, requests, directories."""
