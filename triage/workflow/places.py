"""Names of files and folders in a desk's data folder. Light, so that the window can ask early."""

STORE_FILE = "fanlight.db"
DROP_FOLDER = "drop"
PROFILE_NAME = "profile-folder"
"""A file holding the path of the hub's own profile."""
PRACTICE_KEYS = "keys"
SEALED_KEYS = "sealed"
"""Folder of keys under a passphrase, on a computer without a keyring."""
