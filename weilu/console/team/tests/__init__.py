"""Tests of the pages of structure and seed members."""
