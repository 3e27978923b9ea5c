"""The dormitories wing."""
