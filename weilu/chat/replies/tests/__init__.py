"""Tests of who answers whom."""
