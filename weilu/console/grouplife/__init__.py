"""Pages of a group's life: where it is, why, and merging, splitting, reviving, closing it (B-4)."""
