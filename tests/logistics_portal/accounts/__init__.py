"""Tests of units, people and posts."""
