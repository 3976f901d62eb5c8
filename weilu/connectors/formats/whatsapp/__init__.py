"""WhatsApp chat exports as text."""
