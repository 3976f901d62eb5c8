"""Owns the containers (handbook B): groups, where they live, who is in them."""
