"""Stories told in a real browser, from the first link to the downloaded table."""
