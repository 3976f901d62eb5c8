"""Google Chat in Google's Takeout (handbook K-4)."""
