"""Search in messages, Chinese and English, on either database without an extension.

- `tokens`: texts folded, and their tokens: single Chinese characters, pairs of them, beginnings of
  other words; the group and the person a message is of are tokens too.
- `packing`: which messages hold which token, as differences of a byte or two.
- `index`: writes them by segments of 65,536 ids; `merge` makes one of sixteen finished ones, so
  that ten million messages are some twenty-five look-ups a token.
- `changes`: edited texts and messages under ids passed long ago are noted, and added by a chore.
- `candidates`: the messages that hold every token, newest first, read only as far as needed.
- `find`: reads those, keeps what holds the words, stops when a page is full.
"""
