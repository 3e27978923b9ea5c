"""Stories told in a real Chromium."""
