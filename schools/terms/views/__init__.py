"""Pages of calendars, holidays, closures and a school's year."""
