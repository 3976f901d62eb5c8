"""Tests of the community pages."""
