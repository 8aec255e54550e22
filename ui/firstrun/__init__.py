"""The first start: who, sight, practice, five keys."""
