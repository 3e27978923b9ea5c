"""The campus wing."""
