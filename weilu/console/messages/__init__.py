"""Messages: search, and the conversation around a hit (K-4)."""
