"""Tests of the WeCom connector."""
