"""Tests of periodic reports."""
