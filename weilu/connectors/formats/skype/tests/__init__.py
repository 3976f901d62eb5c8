"""Tests of skype."""
