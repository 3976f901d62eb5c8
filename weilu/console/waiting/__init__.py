"""Failed tasks: what did not work, why, and the buttons to try again or to let it be."""
