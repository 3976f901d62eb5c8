"""The door for programs: calls of connected platforms, and their description as OpenAPI (K-4)."""
