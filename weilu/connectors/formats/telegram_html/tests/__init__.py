"""Tests of the Telegram page reader."""
