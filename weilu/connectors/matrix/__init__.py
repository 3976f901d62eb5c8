"""Matrix rooms through the client-server API, by matrix-nio 0.26 (K-4, B-6).

The reference connector: everything a connector can do, it does. `session` listens and `orders`
acts; `rooms` knows names; `decode`, `plain`, `power` and `invitations` are pure; `doctor` examines.

Proven against a real Synapse (`tests/test_synapse.py`): all abilities, timelines cut short by the
server, the process killed in the middle of a burst and after each order. Not tried: other
homeservers, federation. Encrypted rooms are not read; the doctor says so.
"""
