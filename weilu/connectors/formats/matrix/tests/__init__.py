"""Tests of the matrix reader."""
