"""IRC logs of many loggers."""
