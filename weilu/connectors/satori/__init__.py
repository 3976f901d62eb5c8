"""Groups on any platform that a Satori server carries: Koishi, LLBot, satori-python (K-4, B-6).

Satori v1 over its WebSocket of events and its HTTP calls. A group is a text channel. `elements`
and `decode` are pure, `api` calls, `places` knows which channel belongs to which guild, `orders`
acts. Not by NoneBot's adapter: its client cuts the line at frames above 1 MiB, and it drops what
was missed. NoneBot's adapter and satori-python judge in the tests instead.

Proven against satori-python's own server; not tried with Koishi or LLBot.
"""
