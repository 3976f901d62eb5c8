"""Addresses of communities, their rows, groups and downloads."""

from django.urls import path

from weilu.console.communities import downloads, first_days, rows, settings, sides, views, welcome

urlpatterns = [
    path("communities/", views.listing, name="communities"),
    path("communities/<int:pk>/", views.community, name="community"),
    path("communities/<int:pk>/section/<slug:name>/", views.part, name="community_part"),
    path("communities/<int:pk>/rows/<slug:name>/", rows.rows, name="community_rows"),
    path("communities/<int:pk>/groups/", sides.groups, name="community_groups"),
    path("communities/<int:pk>/numbers.xlsx", downloads.workbook, name="community_xlsx"),
    path("communities/<int:pk>/report/", downloads.report, name="community_report"),
    path("communities/<int:pk>/report.pdf", downloads.pdf, name="community_pdf"),
    path("communities/<int:pk>/settings/", settings.settings, name="community_settings"),
    path("communities/<int:pk>/welcome/", welcome.welcome, name="community_welcome"),
    path("communities/<int:pk>/welcome/like-all/", welcome.like_all, name="greeting_like_all"),
    path("communities/<int:pk>/first-days/", first_days.first_days, name="community_first_days"),
    path("communities/<int:pk>/companions/", first_days.companion, name="community_companion"),
    path("companions/<int:pk>/end/", first_days.companion_end, name="companion_end"),
    path("first-days/<int:pk>/seen-to/", first_days.seen_to, name="first_question_seen"),
    path("groups/<int:pk>/rename/", settings.rename, name="group_rename"),
    path("groups/<int:pk>/move/", settings.move, name="group_move"),
    path("groups/", sides.all_groups, name="groups"),
]
