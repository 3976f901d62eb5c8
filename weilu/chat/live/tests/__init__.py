"""Tests of connected platforms."""
