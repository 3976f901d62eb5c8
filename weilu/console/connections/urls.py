"""Addresses of connections."""

from django.urls import path

from weilu.console.connections import abilities, by_hand, views

urlpatterns = [
    path("connections/", views.connections, name="connections"),
    path("connections/new/", views.choose, name="connect"),
    path("connections/new/<slug:kind>/", views.connect, name="connect_kind"),
    path("connections/by-hand/", by_hand.by_hand, name="group_by_hand"),
    path("connections/<int:pk>/", views.one_connection, name="connection"),
    path("connections/<int:pk>/change/", views.change, name="connection_change"),
    path(
        "connections/<int:pk>/abilities/<slug:name>/", abilities.ability, name="connection_ability"
    ),
    path("connections/<int:pk>/act/", views.act, name="connection_act"),
]
