"""Owns questions and answers (handbook H)."""
