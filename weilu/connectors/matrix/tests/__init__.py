"""Tests of the Matrix connector."""
