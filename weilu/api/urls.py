"""Addresses for programs."""

from django.urls import path

from weilu.api import hooks, openapi

urlpatterns = [
    path("api/openapi.json", openapi.openapi, name="openapi"),
    path("api/hooks/<str:hook>/", hooks.hook, name="hook"),
    path("api/hooks/<str:hook>/<path:rest>", hooks.hook, name="hook_call"),
]
