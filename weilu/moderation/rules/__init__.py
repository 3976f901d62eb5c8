"""What is junk and what is not: pure functions over columns, no rows, no clock (B-5)."""
