"""Tests of viber."""
