"""Addresses of the failed tasks, and of the health answer."""

from django.urls import path

from weilu.console.waiting import views

urlpatterns = [
    path("failures/", views.failures, name="failures"),
    path("failures/<str:kind>/<int:pk>", views.act, name="act_on_failure"),
    path("healthz", views.healthz, name="healthz"),
]
