"""Address of Today."""

from django.urls import path

from weilu.console.today import views

urlpatterns = [path("", views.today, name="today")]
