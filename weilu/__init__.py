"""Weilu 围炉: the system for running online communities; each folder is one handbook letter."""
