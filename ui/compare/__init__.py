"""The Compare screen: one contact beside its candidate records, field by field."""
