"""Tests of qq_exporter_text."""
