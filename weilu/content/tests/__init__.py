"""Tests of the promotion share."""
