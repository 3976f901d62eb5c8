"""Tests of the pages of join links."""
