"""The Triage screen: queue, contact, matches, chronology, decision."""
