"""Tests of the import pages."""
