"""qq-chat-exporter's text (handbook K-4)."""
