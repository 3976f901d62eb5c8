"""Facebook Messenger's and Instagram's downloads of messages in JSON (handbook K-4)."""
