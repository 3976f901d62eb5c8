"""Addresses of the member pages."""

from django.urls import path

from weilu.console.members import acts, views

urlpatterns = [
    path("members/", views.members, name="members"),
    path("members/mark/<str:what>/", acts.mark_many, name="members_mark"),
    path("members/same/", views.same, name="members_same"),
    path("members/merge/", acts.merge, name="members_merge"),
    path("members/part/<int:pk>/", acts.part, name="members_part"),
    path("members/apart/<int:pk>/", acts.apart, name="members_apart"),
    path("members/<int:pk>/", views.member, name="member"),
    path("members/<int:pk>/messages/", views.said, name="member_messages"),
]
