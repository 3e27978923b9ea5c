"""What writes schools, places, the changes that need two people, and imports."""
