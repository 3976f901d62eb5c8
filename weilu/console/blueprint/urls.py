"""Addresses of a community's plan."""

from django.urls import path

from weilu.console.blueprint import fit, paper, platform, steps, versions, views

urlpatterns = [
    path("blueprints/", views.listing, name="blueprints"),
    path("blueprints/new/", views.new, name="blueprint_new"),
    path("communities/<int:pk>/blueprint/", views.blueprint, name="blueprint"),
    path("communities/<int:pk>/blueprint/begin/", views.begin, name="blueprint_begin"),
    path("communities/<int:pk>/blueprint/keep/", versions.keep, name="blueprint_keep"),
    path("communities/<int:pk>/blueprint/versions/", versions.versions, name="blueprint_versions"),
    path(
        "communities/<int:pk>/blueprint/versions/<int:version>/back/",
        versions.back,
        name="blueprint_back",
    ),
    path("communities/<int:pk>/blueprint/fit/", fit.fit, name="blueprint_fit"),
    path("communities/<int:pk>/blueprint/platform/", platform.platform, name="blueprint_platform"),
    path("communities/<int:pk>/blueprint/paper/", paper.paper, name="blueprint_paper"),
    path("communities/<int:pk>/blueprint/plan.pdf", paper.pdf, name="blueprint_pdf"),
    path("communities/<int:pk>/blueprint/step/<slug:step>/", steps.step, name="blueprint_step"),
]
