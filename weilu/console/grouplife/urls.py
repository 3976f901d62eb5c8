"""Addresses of a group's life."""

from django.urls import path

from weilu.console.grouplife import capacity, views

urlpatterns = [
    path("communities/<int:pk>/room/", capacity.room, name="community_capacity"),
    path("communities/<int:pk>/room/caps/", capacity.caps, name="community_caps"),
    path("groups/<int:pk>/life/", views.life, name="group_life"),
    path("groups/<int:pk>/turn/<slug:kind>/", views.turn, name="group_turn"),
    path("turns/<int:pk>/undo/", views.undo, name="turn_undo"),
]
