"""Tests of the rules about who is who."""
