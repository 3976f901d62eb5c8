"""Addresses of the clean-up pages."""

from django.urls import path

from weilu.console.moderation import lists, policy, views

urlpatterns = [
    path("cleanup/", views.moderation, name="moderation"),
    path("cleanup/decide/", views.decide, name="moderation_decide"),
    path("cleanup/undo/", views.undo, name="moderation_undo"),
    path("cleanup/again/", views.again, name="moderation_again"),
    path("cleanup/learned/", lists.learned, name="moderation_learned"),
    path("cleanup/learned/forget/", lists.forget, name="moderation_forget"),
    path("cleanup/learned/decisions.csv", lists.decisions_csv, name="moderation_decisions"),
    path("cleanup/words/", lists.words, name="moderation_words"),
    path("cleanup/words/<int:pk>/switch/", lists.switch, name="moderation_switch"),
    path("cleanup/words/<int:pk>/remove/", lists.remove, name="moderation_remove"),
    path("cleanup/log/", policy.log, name="moderation_log"),
    path("cleanup/log/<int:pk>/reverse/", policy.reverse_violation, name="violation_reverse"),
    path("communities/<int:pk>/rules/", policy.policy, name="community_policy"),
]
