"""Pages of a community's plan: canvas, versions, fit of the product, platform (A-1 to A-5)."""
