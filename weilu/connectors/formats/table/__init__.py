"""Any table, by mapping its columns."""
