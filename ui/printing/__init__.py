"""Print preview: the pages of each copy, what it leaves out, and its way to paper or a file."""
