"""Tests of the whole: its shape, and later its stories."""
