"""Addresses of the live board."""

from django.urls import path

from weilu.console.live import views

urlpatterns = [
    path("live/", views.board, name="live"),
    path("live/now/", views.now, name="live_now"),
    path("live/stream/", views.stream, name="live_stream"),
]
