"""Any system as a platform: signed events in over HTTP, signed orders out or fetched (K-4).

The wire format is Weilu's own, described by `wire` and from it as OpenAPI 3.1. Proven in the tests:
the documented curl example itself against a running server, orders against a small HTTP server
that answers well, badly, late and not at all.
"""
