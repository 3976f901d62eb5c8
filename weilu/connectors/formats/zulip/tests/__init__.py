"""Tests of the zulip reader."""
