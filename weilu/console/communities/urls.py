"""Addresses of communities, their rows, groups and downloads."""

from django.urls import path

from weilu.console.communities import rows, sides, views

urlpatterns = [
    path("communities/", views.listing, name="communities"),
    path("communities/<int:pk>/", views.community, name="community"),
    path("communities/<int:pk>/section/<slug:name>/", views.part, name="community_part"),
    path("communities/<int:pk>/rows/<slug:name>/", rows.rows, name="community_rows"),
    path("communities/<int:pk>/groups/", sides.groups, name="community_groups"),
    path("groups/", sides.all_groups, name="groups"),
]
