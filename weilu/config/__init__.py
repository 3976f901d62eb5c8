"""Settings, urls, the list of installed parts, the command line: the one place that knows all."""
