"""Skype's and Teams' download of all conversations in JSON (handbook K-4)."""
