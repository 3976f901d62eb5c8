"""Tests of signal."""
