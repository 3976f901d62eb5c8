"""Tests of the Discord connector, against simcord and a small REST server."""
