"""WeChat exports as CSV, of several tools."""
