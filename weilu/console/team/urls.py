"""Addresses of structure and seed members."""

from django.urls import path

from weilu.console.team import seeds, structure

urlpatterns = [
    path("communities/<int:pk>/structure/", structure.structure, name="community_structure"),
    path(
        "communities/<int:pk>/structure/begin/", structure.begin, name="community_structure_begin"
    ),
    path(
        "communities/<int:pk>/structure/paper/", structure.paper, name="community_structure_paper"
    ),
    path("posts/<int:pk>/", structure.change, name="post"),
    path("posts/<int:pk>/drop/", structure.drop, name="post_drop"),
    path("communities/<int:pk>/seeds/", seeds.listing, name="community_seeds"),
    path("communities/<int:pk>/seeds/find/", seeds.find, name="community_seeds_find"),
    path("communities/<int:pk>/seeds/state/", seeds.state, name="community_seeds_state"),
    path("seeds/<int:pk>/act/", seeds.act, name="seed_act"),
]
