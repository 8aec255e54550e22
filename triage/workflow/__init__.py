"""One function for each button, one transaction each."""
