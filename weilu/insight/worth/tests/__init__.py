"""Tests of what members are worth."""
