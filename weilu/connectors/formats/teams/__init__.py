"""Microsoft Teams by the answers of Microsoft Graph (handbook K-4)."""
