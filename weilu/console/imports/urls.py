"""Addresses of the imports."""

from django.urls import path

from weilu.console.imports import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/upload", views.upload, name="import_upload"),
    path("imports/demo", views.demo, name="demo"),
    path("imports/demo/progress", views.demo_progress, name="demo_progress"),
    path("imports/<int:pk>/", views.one_import, name="import"),
    path("imports/<int:pk>/progress", views.progress, name="import_progress"),
    path("imports/<int:pk>/start", views.start, name="import_start"),
    path("imports/<int:pk>/cancel", views.cancel, name="import_cancel"),
    path("imports/<int:pk>/undo", views.undo, name="import_undo"),
]
