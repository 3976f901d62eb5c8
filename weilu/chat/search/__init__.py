"""Search in messages, Chinese and English, on either database without an extension.

Ids are cut into segments of 65,536 and blocks of 256. For every segment, `index` keeps which
blocks hold which token: single Chinese characters, pairs of them, and beginnings of other words.
`find` reads the few kilobytes that a query's tokens need, and checks the words only in blocks that
hold all of them, newest first, until a page is full: `tokens` says what a token is.
"""
