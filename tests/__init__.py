"""Tests of the portal, mirroring the code."""
