"""Addresses of the console; a page package adds one line with its own `urls` module."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from weilu.console import preferences, style, underway

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("weilu.console.accounts.urls")),
    path("", include("weilu.console.today.urls")),
    path("", include("weilu.console.live.urls")),
    path("", include("weilu.console.waiting.urls")),
    path("", include("weilu.console.findings.urls")),
    path("", include("weilu.console.communities.urls")),
    path("", include("weilu.console.grouplife.urls")),
    path("", include("weilu.console.team.urls")),
    path("", include("weilu.console.kit.urls")),
    path("", include("weilu.console.blueprint.urls")),
    path("", include("weilu.console.joining.urls")),
    path("", include("weilu.console.members.urls")),
    path("", include("weilu.console.messages.urls")),
    path("", include("weilu.console.moderation.urls")),
    path("", include("weilu.console.imports.urls")),
    path("", include("weilu.console.connections.urls")),
    path("", include("weilu.console.outbox.urls")),
    path("preferences", preferences.preferences, name="preferences"),
    path("underway", underway.fragment, name="underway"),
    path("workspace", preferences.choose_workspace, name="choose_workspace"),
]

if settings.DEBUG:
    urlpatterns += [
        path("style", style.style, name="style"),
        path("style/progress", style.working, name="style_progress"),
        path("style/failure/<str:kind>", style.failing, name="style_failure"),
    ]
