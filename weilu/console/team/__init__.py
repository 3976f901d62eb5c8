"""Pages of who does what in a community, and of its seed members (A-7, A-8)."""
