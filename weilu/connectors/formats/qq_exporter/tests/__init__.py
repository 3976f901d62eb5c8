"""Tests of the qq_exporter reader."""
