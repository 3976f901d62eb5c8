"""Tests of the OneBot connector, against a small implementation."""
