"""Tests of messenger."""
