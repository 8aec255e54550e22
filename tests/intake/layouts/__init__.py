"""Arrivals in other layouts than those the reader was made on, with what they truly say."""
