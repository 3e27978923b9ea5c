"""Tests of the inspections wing."""
