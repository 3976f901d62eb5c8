"""Pages of what goes out: the send queue, hand tasks, requests to join (B-6, K-3)."""
