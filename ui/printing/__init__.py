"""Print preview: pages, numbered copies, removals."""
