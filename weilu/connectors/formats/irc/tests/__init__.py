"""Tests of the IRC reader."""
