"""What writes calendars, national holidays and closures."""
