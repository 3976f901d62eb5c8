"""Tests of NoneBot as a host."""
