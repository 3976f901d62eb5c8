"""Tests of the webhook connector."""
