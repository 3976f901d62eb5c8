"""The live board: what is happening now, as a page and as a stream.

Map
- board   what is shown, rendered in three parts
- hub     one look a second for all who watch the same workspace in the same language
- views   the page, the parts for browsers without streams, the stream (ASGI only)
"""
