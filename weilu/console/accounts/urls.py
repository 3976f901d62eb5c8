"""Addresses of accounts and settings; sign-in itself is allauth's, below `account/`."""

from django.urls import path

from weilu.console.accounts import entrance, views

urlpatterns = [
    path("start/<str:token>", entrance.start, name="start"),
    path("welcome", entrance.welcome, name="welcome"),
    path("invitation/<str:token>", entrance.invitation, name="invitation"),
    path("invitation/<str:token>/take", entrance.take_invitation, name="take_invitation"),
    path("settings/", views.settings, name="settings"),
    path("settings/people", views.people, name="people"),
    path("settings/people/invite", views.invite_somebody, name="invite"),
    path("settings/people/<int:pk>/role", views.give_role, name="give_role"),
    path("settings/people/<int:pk>/remove", views.take_out, name="take_out"),
    path("settings/invitations/<int:pk>/withdraw", views.withdraw, name="withdraw"),
    path("settings/workspace", views.workspace_settings, name="workspace_settings"),
    path("settings/account", views.account, name="account"),
]
