"""Executing a check: what is asked, what an answer means, how many taps it takes."""
