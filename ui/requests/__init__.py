"""Requests to partners: the board, asking, and what came back."""
