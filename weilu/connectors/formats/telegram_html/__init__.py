"""Telegram Desktop's web pages: `messages.html`, `messages2.html` and so on (handbook K-4)."""
