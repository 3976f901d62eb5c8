"""Addresses of the message pages."""

from django.urls import path

from weilu.console.messages import views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/", views.around, name="around"),
]
