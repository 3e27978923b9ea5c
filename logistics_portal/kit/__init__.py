"""Tools without tables that every room may use."""
