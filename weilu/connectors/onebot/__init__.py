"""QQ groups by OneBot v11, as NapCat and LLOneBot speak it (K-4, B-6).

The implementation connects to us by reverse WebSocket, or sends signed HTTP reports and takes
calls over HTTP. `door` is the adapter in NoneBot2's process that lets it in, `link` one WebSocket,
`api` the calls; `segments` and `decode` are pure, `catchup` reads what was missed, `orders` acts.

Proven against a small implementation in the tests that connects as NapCat does, whose events and
answers NoneBot's own OneBot adapter takes; not tried with NapCat, LLOneBot or QQ themselves.
"""
