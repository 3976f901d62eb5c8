"""Codes in pictures of connected groups: fetched, read beside the gateway, never kept (B-5).

`queue` what waits to be looked at, `fetching` the gateway's part, `reading` the process that
opens one picture.
"""
