"""Tests of the plan of a community."""
