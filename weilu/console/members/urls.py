"""Addresses of the member pages."""

from django.urls import path

from weilu.console.members import (
    acts,
    fields,
    goodwill,
    known,
    leaving,
    movers,
    segments,
    tags,
    views,
)

urlpatterns = [
    path("members/", views.members, name="members"),
    path("members/mark/<str:what>/", acts.mark_many, name="members_mark"),
    path("members/tags/", tags.tags, name="members_tags"),
    path("members/tags/many/", tags.many, name="members_many"),
    path("members/tags/<int:pk>/", tags.edit_tag, name="members_tag"),
    path("members/tags/<int:pk>/remove/", tags.remove_tag, name="members_tag_remove"),
    path("members/tags/groups/", tags.add_group, name="members_tag_groups"),
    path("members/tags/groups/<int:pk>/", tags.edit_group, name="members_tag_group"),
    path(
        "members/tags/groups/<int:pk>/remove/", tags.remove_group, name="members_tag_group_remove"
    ),
    path("members/tags/undo/<int:pk>/", tags.undo, name="members_undo"),
    path("members/segments/", segments.segments, name="members_segments"),
    path("members/segments/new/", segments.build, name="members_segment_new"),
    path("members/segments/<int:pk>/", segments.segment, name="members_segment"),
    path("members/segments/<int:pk>/edit/", segments.build, name="members_segment_edit"),
    path("members/segments/<int:pk>/tag/", segments.keep_tag, name="members_segment_tag"),
    path("members/segments/<int:pk>/remove/", segments.remove, name="members_segment_remove"),
    path("members/goodwill/", goodwill.goodwill, name="members_goodwill"),
    path("members/koc/", movers.koc, name="members_koc"),
    path("members/<int:pk>/caused/", movers.caused, name="member_caused"),
    path("members/fields/", fields.fields, name="members_fields"),
    path("members/fields/<int:pk>/", fields.edit_field, name="members_field"),
    path("members/fields/<int:pk>/remove/", fields.remove_field, name="members_field_remove"),
    path("members/same/", views.same, name="members_same"),
    path("members/merge/", acts.merge, name="members_merge"),
    path("members/part/<int:pk>/", acts.part, name="members_part"),
    path("members/apart/<int:pk>/", acts.apart, name="members_apart"),
    path("members/<int:pk>/", views.member, name="member"),
    path("members/erased/", leaving.erased, name="members_erased"),
    path("members/<int:pk>/copy/", leaving.copy, name="member_copy"),
    path("members/<int:pk>/erase/", leaving.erase, name="member_erase"),
    path("members/<int:pk>/tag/", known.put_tag, name="member_tag"),
    path("members/<int:pk>/untag/", known.take_tag, name="member_untag"),
    path("members/<int:pk>/facts/", known.set_facts, name="member_facts"),
    path("members/<int:pk>/notes/", known.write_note, name="member_note"),
    path("members/<int:pk>/consents/", known.give_consent, name="member_consent"),
    path("members/notes/<int:pk>/remove/", known.remove_note, name="members_note_remove"),
    path("members/consents/<int:pk>/end/", known.withdraw_consent, name="members_consent_end"),
    path("members/<int:pk>/messages/", views.said, name="member_messages"),
]
