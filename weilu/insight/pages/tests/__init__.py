"""Tests of what pages ask of the numbers."""
