"""Members: the list, the profile, and who is one person (C-1, C-2)."""
