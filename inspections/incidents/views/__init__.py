"""Pages of incidents, of what is decided about them, and of vetoes."""
