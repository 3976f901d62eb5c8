"""QQ message-manager exports as text."""
