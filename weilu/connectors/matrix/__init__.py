"""Matrix rooms through the client-server API, by matrix-nio (K-4, B-6).

The reference connector: everything a connector can do, it does. Proven against a real Synapse
(`tests/test_synapse.py`): all abilities, timelines cut short by the server, a restart in the
middle of a burst. Encrypted rooms are not read; the doctor says so.
"""
