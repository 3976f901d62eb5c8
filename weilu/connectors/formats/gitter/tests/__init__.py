"""Tests of gitter."""
