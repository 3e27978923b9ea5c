"""Tests of check-lists."""
