"""Tests of qq_text."""
