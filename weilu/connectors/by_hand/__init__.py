"""What people can do by hand in groups without a connection, by platform (B-2, K-4)."""
