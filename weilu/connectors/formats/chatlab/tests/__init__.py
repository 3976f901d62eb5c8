"""Tests of the chatlab reader."""
