"""Tests of the pages of a group's life."""
