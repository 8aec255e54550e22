"""Bytes that arrive become draft contacts, each fact with where it was read."""
