"""The fictional hub: people, contacts, partner and council stand-ins on loopback."""
