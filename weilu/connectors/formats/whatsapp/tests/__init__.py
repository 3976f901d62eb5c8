"""Tests of whatsapp."""
