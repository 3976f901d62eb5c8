"""Addresses of the findings."""

from django.urls import path

from weilu.console.findings import views

urlpatterns = [
    path("findings/", views.findings, name="findings"),
    path("findings/group/<int:pk>/", views.checkup, name="checkup"),
    path("findings/<int:pk>/handle", views.handle, name="handle_finding"),
]
