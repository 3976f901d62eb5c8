"""All addresses: the console, accounts, and the health answer."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("weilu.console.urls")),
]
