"""The description for programs: OpenAPI 3.1, gathered from what is registered."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from weilu.chat.ports.connectors import CONNECTORS, Described
from weilu.core.outside import outside

_HOOK = {
    "name": "hook",
    "in": "path",
    "required": True,
    "description": "The last part of the address that the connection's page shows.",
    "schema": {"type": "string"},
}


@require_GET
def openapi(_request: HttpRequest) -> JsonResponse:
    """The description; it holds nothing of any workspace."""
    return JsonResponse(document(outside("openapi").removesuffix("/api/openapi.json")))


def document(server: str) -> dict[str, object]:
    """All that can be called, for a server at an address ("" for where the document lies)."""
    paths: dict[str, object] = {}
    components: dict[str, dict[str, object]] = {}
    for kind in CONNECTORS.connectors.values():
        if isinstance(kind, Described):
            for rest, item in kind.paths().items():
                paths[f"/api/hooks/{{hook}}/{rest}"] = {"parameters": [_HOOK], **_items(item)}
            for name, some in kind.components().items():
                components.setdefault(name, {}).update(some)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Weilu", "version": "1"},
        "servers": [{"url": server or "/"}],
        "paths": paths,
        "components": components,
    }


def _items(item: object) -> dict[str, object]:
    return dict(item) if isinstance(item, dict) else {}
