"""Today: what needs a person now, in order, each with one button."""
