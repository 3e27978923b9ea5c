"""Pages of schools, their places, changes that need two people, and imports."""
