"""Django's SQLite backend with fairer waiting; named as ENGINE, so Django finds `base` in it."""

# How long a writer waits for the others before it gives up, in seconds.
PATIENCE_S = 30
