"""Tests of terms, school days and closures."""
