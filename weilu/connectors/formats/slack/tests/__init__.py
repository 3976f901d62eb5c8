"""Tests of the slack reader."""
