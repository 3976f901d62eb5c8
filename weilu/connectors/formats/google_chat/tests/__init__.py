"""Tests of google_chat."""
