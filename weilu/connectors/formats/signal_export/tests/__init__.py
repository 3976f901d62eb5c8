"""Tests of signal_export."""
