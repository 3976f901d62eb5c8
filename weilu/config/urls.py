"""All addresses: the console, public pages, accounts, and the health answer."""

from django.urls import include, path

urlpatterns = [
    path("", include("weilu.api.urls")),
    path("", include("weilu.public.urls")),
    path("", include("weilu.console.urls")),
]

handler400 = "weilu.console.failures.bad_request"
handler403 = "weilu.console.failures.forbidden"
handler404 = "weilu.console.failures.missing"
# Asked for by allauth, which has no page of its own.
handler429 = "weilu.console.failures.too_often"
handler500 = "weilu.console.failures.crashed"
