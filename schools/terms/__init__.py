"""School years, terms, school days and closures."""
