"""Addresses of join links."""

from django.urls import path

from weilu.console.joining import poster, views

urlpatterns = [
    path("links/", views.listing, name="join_links"),
    path("links/new/", views.new, name="join_link_new"),
    path("links/<int:pk>/", views.one_link, name="join_link"),
    path("links/<int:pk>/change/", views.change, name="join_link_change"),
    path("links/<int:pk>/to/", views.target_new, name="join_link_to"),
    path("links/<int:pk>/to/<int:target_id>/", views.target_change, name="join_link_target"),
    path("links/<int:pk>/to/<int:target_id>/drop/", views.target_drop, name="join_link_drop"),
    path("links/<int:pk>/to/<int:target_id>/code.jpg", views.picture, name="join_link_picture"),
    path("links/<int:pk>/code.<slug:kind>", views.code, name="join_link_code"),
    path("links/<int:pk>/poster/", poster.edit, name="join_link_poster"),
    path("links/<int:pk>/poster.<slug:kind>", poster.file, name="join_link_poster_file"),
    path("links/<int:pk>/way-in/", views.way_in, name="join_link_way_in"),
    path("links/<int:pk>/sheet/", views.sheet, name="join_link_sheet"),
]
