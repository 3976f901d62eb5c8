"""Addresses of the findings."""

from django.urls import path

from weilu.console.findings import alerts, views

urlpatterns = [
    path("findings/", views.findings, name="findings"),
    path("findings/group/<int:pk>/", views.checkup, name="checkup"),
    path("findings/<int:pk>/handle", views.handle, name="handle_finding"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<int:pk>/", alerts.one_alert, name="alert"),
    path("alerts/<int:pk>/act/", alerts.act_on_alert, name="alert_act"),
]
