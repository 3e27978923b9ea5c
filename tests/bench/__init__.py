"""What things cost, as ratios of two works that take turns within one run; `make bench` runs them, CI does not."""
