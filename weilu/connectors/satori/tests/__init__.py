"""Tests of the Satori connector, against the server of satori-python."""
