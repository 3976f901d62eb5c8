"""Tests of the diagnosis checks."""
