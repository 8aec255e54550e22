"""Services near a family: finding them, adding them to the decision, referring and following."""
