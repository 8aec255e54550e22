"""The window: screens that show values and call workflow."""
