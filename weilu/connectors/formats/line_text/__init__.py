"""LINE chat exports as text."""
