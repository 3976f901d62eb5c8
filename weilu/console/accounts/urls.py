"""Addresses of accounts and settings; sign-in itself is allauth's, below `account/`."""

from allauth.account import views as allauth
from django.urls import include, path

from weilu.console.accounts import entrance, views

# Of allauth's pages those that need no mail: the others would promise what nobody sends.
urlpatterns = [
    path("account/login/", allauth.login, name="account_login"),
    path("account/logout/", allauth.logout, name="account_logout"),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
    path("account/signup/", entrance.no_sign_up, name="account_signup"),
    path("account/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", allauth.password_change, name="account_change_password"),
    path("account/password/set/", allauth.password_set, name="account_set_password"),
    path("account/password/reset/", entrance.password_lost, name="account_reset_password"),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("start/<str:token>", entrance.start, name="start"),
    path("welcome", entrance.welcome, name="welcome"),
    path("invitation/<str:token>", entrance.invitation, name="invitation"),
    path("invitation/<str:token>/take", entrance.take_invitation, name="take_invitation"),
    path("settings/", views.settings, name="settings"),
    path("settings/people", views.people, name="people"),
    path("settings/people/invite", views.invite_somebody, name="invite"),
    path("settings/people/<int:pk>/role", views.give_role, name="give_role"),
    path("settings/people/<int:pk>/link", views.link_for, name="link_for"),
    path("settings/people/<int:pk>/remove", views.take_out, name="take_out"),
    path("settings/invitations/<int:pk>/withdraw", views.withdraw, name="withdraw"),
    path("settings/workspace", views.workspace_settings, name="workspace_settings"),
    path("settings/account", views.account, name="account"),
]
