"""Tests of the QQ window copies."""
