"""Tests of line_text."""
