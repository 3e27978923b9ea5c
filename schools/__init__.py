"""The hall: schools, their places, terms and closures."""
