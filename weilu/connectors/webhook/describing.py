"""The webhook as OpenAPI: written from the types that check what comes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from weilu.connectors.webhook import wire

_REF = "#/components/schemas/{name}"
_TYPES = (wire.Events, wire.Receipts, wire.Orders, wire.Received, wire.Problem)


def _of(kind: type, words: str) -> dict[str, object]:
    """A body of a type."""
    schema = {"$ref": _REF.format(name=kind.__name__)}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _call(name: str, words: str, takes: type | None, gives: type) -> dict[str, object]:
    answers: dict[str, object] = {
        "200": _of(gives, "Done."),
        "401": {"description": "The signature is missing, wrong, or older than five minutes."},
        "404": {"description": "No such address, or the connection is switched off."},
        "503": {"description": "Nothing was stored; try again after Retry-After seconds."},
    }
    said: dict[str, object] = {
        "operationId": name,
        "summary": words,
        "tags": ["webhook"],
        "security": [{"timestamp": [], "signature": []}],
        "responses": answers,
    }
    if takes is not None:
        answers["411"] = {"description": "Chunked bodies are not taken: send a Content-Length."}
        answers["413"] = {"description": "More than a megabyte: send fewer at once."}
        answers["422"] = _of(wire.Problem, "Nothing was stored; the place says why.")
        said["requestBody"] = {"required": True, **_of(takes, words)}
    return said


PATHS: Mapping[str, object] = {
    wire.EVENTS: {"post": _call("pushEvents", "Push what happened.", wire.Events, wire.Received)},
    wire.ORDERS: {"get": _call("fetchOrders", "Fetch what is to be done.", None, wire.Orders)},
    wire.RECEIPTS: {
        "post": _call(
            "postReceipts", "Say what became of orders.", wire.Receipts, wire.Received
        )
    },
}  # fmt: skip


def components() -> Mapping[str, Mapping[str, object]]:
    """The shapes and how calls are signed."""
    _refs, schemas = msgspec.json.schema_components(_TYPES, ref_template=_REF)
    header = {"type": "apiKey", "in": "header"}
    return {
        "schemas": schemas,
        "securitySchemes": {
            "timestamp": {
                **header,
                "name": "Weilu-Timestamp",
                "description": "Seconds since 1970, UTC; at most five minutes off.",
            },
            "signature": {
                **header,
                "name": "Weilu-Signature",
                "description": "v1= and the hexadecimal HMAC-SHA256 under the connection's secret"
                " of the timestamp, a full stop and the raw body (empty for GET).",
            },
        },
    }
