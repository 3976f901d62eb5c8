"""Tests of accepting and importing."""
