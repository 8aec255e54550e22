"""A copy of what is held about a child: who else is named, the pages, and making it."""
