"""Tests of the settings, the catalogue and the front-end files."""
