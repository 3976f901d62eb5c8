"""Addresses of the clean-up pages."""

from django.urls import path

from weilu.console.moderation import asked, consistency, lists, log, policy, rulebook, views

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
    path("cleanup/raids/", asked.raid_list, name="raids"),
    path("cleanup/raids/<int:pk>/", asked.switch_raid, name="raid_switch"),
    path("cleanup/broken/<int:pk>/", log.rule_broken, name="rule_broken"),
    path("cleanup/consistency/", consistency.agreement, name="consistency"),
    path("cleanup/log/", log.log, name="moderation_log"),
    path("cleanup/log/<int:pk>/reverse/", log.reverse_violation, name="violation_reverse"),
    path("cleanup/appeals/", asked.appeals, name="appeals"),
    path("cleanup/appeals/<int:pk>/answer/", asked.answer_appeal, name="appeal_answer"),
    path("cleanup/reports/", asked.reports, name="reports"),
    path("cleanup/reports/<int:pk>/finish/", asked.finish_report, name="report_finish"),
    path("cleanup/out/", asked.kept_out, name="kept_out"),
    path("cleanup/out/<int:pk>/back/", asked.let_back, name="let_back"),
    path("communities/<int:pk>/rules/", rulebook.rulebook, name="community_rules"),
    path("communities/<int:pk>/policy/", policy.policy, name="community_policy"),
]
