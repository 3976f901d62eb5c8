"""The page of a community's starter kit (A-9), and the checklist before a launch."""
