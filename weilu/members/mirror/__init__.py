"""A copy of members in memory, column by column, that answers segments (C-9).

`places` says who stands where, `columns` what a column is, `mirror` keeps the columns of one
workspace in step with the database, `keeping` says which workspaces have one in this process.
The database is the truth: whatever cannot be answered from here is asked there.
"""
