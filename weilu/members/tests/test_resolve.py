"""From accounts and names to identities."""

from __future__ import annotations

from weilu.core.models import Workspace
from weilu.members.models import Alias, Identity, Member
from weilu.members.resolve import Resolver, Sighting


def test_the_same_account_is_met_once_over_two_runs(workspace: Workspace) -> None:
    first = Resolver(workspace.pk, "wechat")
    first.learn([Sighting("wx1", 0, "Reed", 5, False), Sighting("wx1", 0, "Reed", 9, False)])
    second = Resolver(workspace.pk, "wechat")
    second.learn([Sighting("wx1", 0, "Reed", 9, False), Sighting("wx2", 0, "Rush", 9, True)])
    assert Identity.objects.count() == 2
    assert second.known[("wx1", 0)] == first.known[("wx1", 0)]
    rush = Member.objects.get(pk=second.known[("wx2", 0)])
    assert (rush.nature, rush.nature_source) == ("bot", "platform")
    assert list(Alias.objects.order_by("pk").values_list("name", "first_ms")) == [
        ("Reed", 5),
        ("Rush", 9),
    ]


def test_a_name_in_two_groups_is_two_identities(workspace: Workspace) -> None:
    resolver = Resolver(workspace.pk, "qq")
    resolver.learn([Sighting("Reed", 7, "Reed", 1, False), Sighting("Reed", 8, "Reed", 1, False)])
    assert resolver.known[("Reed", 7)] != resolver.known[("Reed", 8)]


def test_names_that_grow_when_folded_are_kept_within_the_column(workspace: Workspace) -> None:
    resolver = Resolver(workspace.pk, "wechat")
    resolver.learn([Sighting("wx1", 0, "Reed", 1, False)])
    pk = resolver.known[("wx1", 0)]
    long = "\ufdfa" * 200
    resolver.rename([(pk, long, 2)])
    found = Member.objects.get(pk=pk)
    assert found.name == long
    assert 0 < len(found.name_folded) <= 200
    assert resolver.names[pk] == long


def test_renaming_adds_aliases_and_shows_the_last(workspace: Workspace) -> None:
    resolver = Resolver(workspace.pk, "wechat")
    resolver.learn([Sighting("wx1", 0, "Reed", 1, False)])
    pk = resolver.known[("wx1", 0)]
    resolver.rename([(pk, "Rush", 2), (pk, "Sedge", 3), (pk, "Rush", 4)])
    assert Member.objects.get(pk=pk).name == "Rush"
    assert list(Alias.objects.order_by("first_ms").values_list("name", "first_ms")) == [
        ("Reed", 1),
        ("Rush", 2),
        ("Sedge", 3),
    ]
