"""Decisions about a plan, as pure functions: the canvas, the fit of a product, platforms."""
