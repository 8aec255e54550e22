"""Reading in a process of its own."""

from triage.intake.reader import read as read_safely  # replaced below
