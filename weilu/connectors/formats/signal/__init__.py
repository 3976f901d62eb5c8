"""Signal chats as text."""
