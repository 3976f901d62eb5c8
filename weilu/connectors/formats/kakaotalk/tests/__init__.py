"""Tests of kakaotalk."""
