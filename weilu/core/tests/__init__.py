"""Tests of the mechanism."""
