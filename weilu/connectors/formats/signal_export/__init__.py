"""Signal by signal-export's lines of JSON and by signal-cli (handbook K-4)."""
