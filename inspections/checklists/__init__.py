"""Check-lists: what is asked where, in dated versions that never change once published."""
