"""Pages of connections to platforms: what is connected, how it fares, what it can do (K-4)."""
