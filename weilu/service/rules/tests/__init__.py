"""Tests of the decisions of service."""
