"""The front door of children's social care: facts, rules and the walk of a contact."""
