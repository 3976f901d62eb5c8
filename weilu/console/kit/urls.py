"""Addresses of the starter kit and the launch checklist."""

from django.urls import path

from weilu.console.kit import launch, views

urlpatterns = [
    path("communities/<int:pk>/kit/", views.kit, name="community_kit"),
    path("communities/<int:pk>/launch/", launch.launch, name="community_launch"),
]
