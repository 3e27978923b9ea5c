"""Schools and the places in them that can be inspected."""
