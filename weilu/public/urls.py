"""Addresses of the public pages: short, because they are sent in chats."""

from django.urls import path

from weilu.public import appeals, join, rulebook

urlpatterns = [
    path("r/<slug:code>/", rulebook.rules, name="rules"),
    path("r/<slug:code>/read", rulebook.read, name="rules_read"),
    path("r/<slug:code>/report", rulebook.report, name="rules_report"),
    path("j/<slug:code>/", join.join, name="join"),
    path("j/<slug:code>/<int:pk>.jpg", join.picture, name="join_picture"),
    path("a/<slug:code>/", appeals.appeal, name="appeal"),
]
