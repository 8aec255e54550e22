"""Signed decisions leave: document, signature, delivery, pack."""
