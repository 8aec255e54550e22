"""Privacy: what stands in for names and narrative while they are hidden."""

HIDDEN_NAME = "Name hidden"
HIDDEN_WORDS = "Hidden. F9 shows it again."
HIDDEN = "Hidden"
