"""Tests of the console frame."""
