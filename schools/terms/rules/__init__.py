"""What kind of day it is for a school: the rows of a calendar, and the calendar read from them."""
