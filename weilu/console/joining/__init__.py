"""Pages of join links: where people meet a community, and what came of it (B-2)."""
