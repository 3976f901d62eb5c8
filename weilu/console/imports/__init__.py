"""The pages of imports (K-4): files in, what they hold, what must be asked, progress, undo."""
