"""The canteens wing."""
