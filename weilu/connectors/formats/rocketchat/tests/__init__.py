"""Tests of rocketchat."""
