"""Tests of the Telegram Desktop reader."""
