"""Measures of matching against other matchers."""
