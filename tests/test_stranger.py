"""Every address of the console, walked by those who must learn and change nothing.

A new address is walked by itself; one whose arguments cannot be filled in fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.watching import watch
from weilu.chat.live.connections import refresh_capabilities
from weilu.chat.models import Import, Message, Outgoing
from weilu.communities.blueprint.actions import (
    choose_platform,
    judge_fit,
    keep_plan,
    save_step,
)
from weilu.communities.blueprint.rules.canvas import Step
from weilu.communities.blueprint.rules.fit import ALL_QUESTIONS
from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.models import Invitation, Job, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.models import Connection, Group, JoinAsk, JoinTarget, Turn
from weilu.insight.models import Alert, FindingRow
from weilu.members.actions import merge, suggest
from weilu.members.actions.circles import add_to_circle, save_circle
from weilu.members.actions.customers import keep_list
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.notes import Agreed, give_consent, write_note
from weilu.members.actions.segments import save_segment
from weilu.members.actions.standing import Plan, keep_company, move_to_stage, save_own_stage
from weilu.members.actions.tags import TagWords, put_on, save_tag, save_tag_group
from weilu.members.models import Consent, Field, Identity, Member, Suggestion
from weilu.moderation.actions import add_list
from weilu.moderation.checking import check_group
from weilu.moderation.models import Appeal, Ban, Doubt, Report, Violation
from weilu.moderation.tests.story import group_with_ads
from weilu.service.models import Companion, FirstDays
from weilu.team.models import Post, Seed

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SECRET = "Jadegreen"  # stands in every name of the house, and nowhere else
# Doors for whoever is not signed in; they have tests of their own.
OPEN = {"start", "welcome", "invitation", "take_invitation", "healthz", "preferences"}
# Kept by a process of its own, tested in weilu/console/live.
STREAMS = {"live_stream"}
# Calls of platforms, which prove themselves by a signature; tested in weilu/api.
PROGRAMS = {"openapi", "hook", "hook_call"}
# Pages for members: open to whoever holds the code, tested in weilu/public.
PUBLIC = {"rules", "rules_read", "rules_report", "appeal", "join", "join_picture"}
ALLAUTH = ("account_", "mfa_")
ABOUT_SELF = {"choose_workspace", "account", "workspace_settings", "invite", "demo"}


def addresses() -> Iterator[tuple[str, list[str]]]:
    """Names and arguments of all addresses that are ours and not open to everybody."""
    for pattern in _walk(get_resolver().url_patterns):
        name = pattern.name or ""
        not_ours = OPEN | PUBLIC | STREAMS | PROGRAMS
        if name and not name.startswith(ALLAUTH) and name not in not_ours:
            yield name, list(pattern.pattern.converters)


def _walk(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns)
        else:
            yield one


def _written_of(owner: Person, pk: int) -> dict[str, int]:
    """What staff know of a member, of every kind; ids by what an address's name begins with."""
    tag = save_tag(owner.actor, TagWords(f"{SECRET} tag"))
    shelf = save_tag_group(owner.actor, name=f"{SECRET} shelf")
    deed = put_on(owner.actor, tag_id=tag.pk, member_ids=[pk])
    fact = add_field(owner.actor, name=f"{SECRET} field", kind=Field.Kind.TEXT)
    set_fact(owner.actor, member_id=pk, field_id=fact.pk, typed=f"{SECRET} fact")
    note = write_note(owner.actor, member_id=pk, text=f"{SECRET} note")
    consent = give_consent(
        owner.actor,
        Agreed(Consent.Purpose.CONTACT, Consent.Way.CHAT, f"{SECRET} wording", now().date()),
        member_id=pk,
        today=now().date(),
    )
    asked = {"op": "and", "of": [{"is": "tag", "values": {"tag": [str(tag.pk)]}}]}
    segment = save_segment(owner.actor, name=f"{SECRET} segment", tree=asked)
    circle = save_circle(owner.actor, name=f"{SECRET} circle")
    add_to_circle(owner.actor, circle_id=circle.pk, member_ids=[pk])
    stage = save_own_stage(owner.actor, name=f"{SECRET} stage")
    move_to_stage(owner.actor, member_id=pk, stage_id=stage.pk)
    plan = Plan("partner", owner.user.pk, 3)
    company = keep_company(owner.actor, plan, member_id=pk, today=now().date())
    return {
        "members_contacted": company.pk,
        "members_customers_look": keep_list(
            owner.actor, file_name=f"{SECRET}.csv", data=f"name,phone\n{SECRET},1".encode()
        ).pk,
        "members_circle": circle.pk,
        "members_segment": segment.pk,
        "members_tag": tag.pk,
        "members_tag_group": shelf.pk,
        "members_undo": deed.pk,
        "members_field": fact.pk,
        "members_note": note.pk,
        "members_consent": consent.pk,
    }


@pytest.fixture
def house(workspace: Workspace, owner: Person, operator: Person) -> dict[str, int]:
    """A workspace with one of everything; ids by what an address's name begins with."""
    return furnish(workspace, owner, operator)


def furnish(workspace: Workspace, owner: Person, operator: Person) -> dict[str, int]:
    """Fill the workspace as the fixture does."""
    workspace.name = f"{SECRET} house"
    workspace.save()
    group = group_with_ads(workspace)
    Group.objects.filter(pk=group.pk).update(name=f"{SECRET} group")
    Community.objects.filter(workspace=workspace).update(name=f"{SECRET} community")
    Member.objects.filter(workspace=workspace).update(name=f"{SECRET} member")
    group.refresh_from_db()
    check_group(group, lambda _done: None)
    Message.objects.filter(pk=_first_doubt(workspace).pk).update(text=f"{SECRET} 加微信 abc123")
    members = list(Member.objects.filter(workspace=workspace).order_by("pk")[:4])
    suggest(workspace.pk, [(members[2].pk, members[3].pk, 0.5, ("same_name",))])
    finding = FindingRow.objects.create(
        workspace=workspace,
        group=group,
        check_code="zombie",
        severity=3,
        body={"enough": True, "next_step": "revive_or_close", "evidence": []},
        since=now(),
        computed_at=now(),
    )
    run = Import.objects.create(workspace=workspace, community=group.community)
    invitation = Invitation.objects.create(
        workspace=workspace,
        role=Role.ANALYST,
        token_hash=SECRET,
        expires_at=now() + timedelta(days=1),
    )
    job = Job.objects.create(
        workspace=workspace, name="x", due_at=now(), state=Job.State.FAILED, error=SECRET
    )
    line = Connection.objects.create(
        workspace=workspace,
        community=group.community,
        connector="matrix",
        name=f"{SECRET} line",
        hook=SECRET,
        since=now(),
        created_at=now(),
    )
    refresh_capabilities(line)
    ask = JoinAsk.objects.create(
        workspace=workspace, group=group, external_id="a", account="a", name=f"{SECRET} guest",
        asked_ms=0,
    )  # fmt: skip
    waiting = Outgoing.objects.create(
        workspace=workspace, group=group, key="k", deed="send", origin="staff", way="by_hand",
        text=f"{SECRET} words", created_at=now(), due_at=now(), ask=ask,
    )  # fmt: skip
    violation, report = _order_kept(group, members[0].pk)
    joining = _join_link(owner, group)
    _planned(owner, group.community)
    rising = Alert.objects.create(
        workspace=workspace, group=group, kind="complaint", since_ms=0, last_ms=0, signs=3,
        people=3, usual=0.1, note=f"{SECRET} note",
    )  # fmt: skip
    return {
        **_written_of(owner, members[0].pk),
        "alert": rising.pk,
        "join_link": joining.link_id,
        "target": joining.pk,
        "violation": violation.pk,
        "appeal": violation.pk,
        "let_back": violation.pk,
        "raid": group.pk,
        "report": report.pk,
        "connection": line.pk,
        "outbox": waiting.pk,
        "task": waiting.pk,
        "community": group.community_id,
        "greeting": group.community_id,
        "blueprint": group.community_id,
        "group": group.pk,
        "post": Post.objects.create(
            workspace=workspace,
            community=group.community,
            layer="management",
            role="lead",
            somebody=f"{SECRET} lead",
            created_at=now(),
        ).pk,
        "seed": Seed.objects.create(
            workspace=workspace,
            community=group.community,
            note=f"{SECRET} note",
            identity=Identity.objects.filter(member=members[0]).order_by("pk")[0],
            changed_at=now(),
        ).pk,
        "turn": Turn.objects.create(
            workspace=workspace, group=group, kind="close", words=f"{SECRET} words", at=now()
        ).pk,
        "companion_end": Companion.objects.create(
            workspace=workspace,
            community=group.community,
            identity=Identity.objects.filter(member=members[0]).order_by("pk")[0],
            at=now(),
        ).pk,
        "first_question": FirstDays.objects.create(
            pk=group.pk,
            workspace=workspace,
            group=group,
            identity=Identity.objects.filter(member=members[0]).order_by("pk")[0],
            came_ms=now_ms(),
            asked_id=Message.objects.filter(workspace=workspace).order_by("pk")[0].pk,
            asked_ms=now_ms(),
            unheard_at=now(),
        ).pk,
        "checkup": group.pk,
        "handle_finding": finding.pk,
        "member": members[0].pk,
        "members_part": merge(owner.actor, kept_id=members[0].pk, absorbed_id=members[1].pk).pk,
        "members_apart": Suggestion.objects.get(workspace=workspace).pk,
        "around": Message.objects.filter(workspace=workspace).order_by("pk")[0].pk,
        "rule_broken": Message.objects.filter(workspace=workspace).order_by("pk")[0].pk,
        "moderation": add_list(
            owner.actor, name=f"{SECRET} list", kind="fraud", weight=2.0, data=b"word"
        ).pk,
        "import": run.pk,
        "give_role": operator.seat.pk,
        "link_for": operator.seat.pk,
        "take_out": operator.seat.pk,
        "withdraw": invitation.pk,
        "act_on_failure": job.pk,
    }


def _first_doubt(workspace: Workspace) -> Doubt:
    return Doubt.objects.filter(workspace=workspace).order_by("pk")[0]


def _order_kept(group: Group, member_id: int) -> tuple[Violation, Report]:
    """A violation with an appeal and a ban, and a report."""
    doubt = _first_doubt(group.workspace)
    violation = Violation.objects.create(
        id=doubt.pk, workspace_id=group.workspace_id, community=group.community, group=group,
        identity_id=doubt.identity_id, member_id=member_id, kind="ad", step="ban",
        policy_version=1, at=now(),
    )  # fmt: skip
    Appeal.objects.create(
        violation=violation, workspace_id=group.workspace_id, words=f"{SECRET} words", at=now()
    )
    Ban.objects.create(
        violation=violation, workspace_id=group.workspace_id, community=group.community,
        member_id=member_id, at=now(),
    )  # fmt: skip
    report = Report.objects.create(
        workspace_id=group.workspace_id,
        community=group.community,
        words=f"{SECRET} words",
        at=now(),
    )
    return violation, report


def _join_link(owner: Person, group: Group) -> JoinTarget:
    """A join link that leads to the group."""
    words = LinkWords(f"{SECRET} counter", "store")
    link = save_link(owner.actor, words, community=group.community)
    return save_target(owner.actor, link, TargetWords(group.pk, address="https://example.org"))


def _planned(owner: Person, community: Community) -> None:
    """A plan with a kept version, both questionnaires answered."""
    said = {"purpose": f"{SECRET} purpose", "goal": ""}
    save_step(owner.actor, community=community, step=Step.POSITIONING, said=said, seen="")
    keep_plan(owner.actor, community=community, note=f"{SECRET} note")
    judge_fit(owner.actor, community=community, answers=dict.fromkeys(ALL_QUESTIONS, 2))
    choose_platform(owner.actor, community=community, platform="wecom")


def filled(name: str, wanted: list[str], house: dict[str, int]) -> str:
    """The address with ids of the house."""
    values: dict[str, object] = {
        "name": {"connection_ability": "send_text", "member_part": "talk"}.get(name, "people"),
        "what": "staff",
        "kind": "png" if name == "join_link_code" else "job",
        "token": "unknown",
        "step": "positioning",
        "version": 1,
    }
    if "pk" in wanted:
        fitting = [key for key in house if name.startswith(key)]
        assert fitting, f"the walk has no id for {name}: add one to `house`"
        values["pk"] = house[max(fitting, key=len)]
    if "target_id" in wanted:
        values["target_id"] = house["target"]
    missing = [one for one in wanted if one not in values]
    assert not missing, f"the walk cannot fill {missing} of {name}"
    return reverse(name, kwargs={one: values[one] for one in wanted})


def data_of(house: dict[str, int]) -> dict[str, object]:
    """What a form of the console may hold, all at once."""
    return {
        "pick": list(house.values()),
        "do": f"{Doubt.objects.order_by('pk')[0].identity_id} junk",
        "kept": house["member"],
        "absorbed": house["member"] + 2,
        "state": "open",
        "kind": "ad",
        "name": "taken over",
        "role": "owner",
        "act": "drop",
        "action": "drop",
        "words": "word",
        "weight": "2",
    }


def test_a_stranger_learns_and_changes_nothing(
    house: dict[str, int], workspace: Workspace, stranger: Person
) -> None:
    client = stranger.client()
    with watch(workspace) as watching:
        for name, wanted in addresses():
            url = filled(name, wanted, house)
            known = {403, 404, 405, 422} if "pk" in wanted else {200, 302, 403, 404, 405, 422}
            for ask in ("", "?format=xlsx", f"?group={house['group']}&q={SECRET[:4]}"):
                for headers in ({}, {"hx-request": "true"}):
                    answer = client.get(url + ask, headers=headers)
                    body = b"".join(answer) if answer.streaming else answer.content
                    assert SECRET.encode() not in body, url
                    assert answer.status_code in known, url
            if name not in ABOUT_SELF:
                answer = client.post(url, data_of(house))
                assert SECRET.encode() not in answer.content, url
                assert answer.status_code in known, url
                assert watching.is_unchanged(), url


def test_nobody_comes_in_without_signing_in(house: dict[str, int], workspace: Workspace) -> None:
    with watch(workspace) as watching:
        for name, wanted in addresses():
            url = filled(name, wanted, house)
            for answer in (Client().get(url), Client().post(url, data_of(house))):
                assert answer.status_code in {302, 405}, url
                if answer.status_code == 302:
                    assert answer["Location"].startswith("/account/login/"), url
                assert SECRET.encode() not in answer.content, url
            assert watching.is_unchanged(), url


@pytest.mark.once
@pytest.mark.parametrize("role", ["analyst", "operator"])
def test_no_link_leads_to_a_closed_door(
    house: dict[str, int], request: pytest.FixtureRequest, role: str
) -> None:
    client = request.getfixturevalue(role).client()
    pages = [filled(name, wanted, house) for name, wanted in addresses()]
    known: dict[str, int] = {}
    links: dict[str, str] = {}
    for url in pages:
        known[_kind(url)], words = _read(client, url)
        links |= dict.fromkeys(re.findall(r'href="(/[^"#?]*)', words), url)
    closed = []
    for link, url in links.items():
        if link.startswith(("/static/", "/account/")):
            continue
        if _kind(link) not in known:
            known[_kind(link)], _words = _read(client, link)
        if known[_kind(link)] == 403:
            closed.append(f"{link} on {url}")
    assert not closed
    assert len(links) > 30


def _read(client: Client, url: str) -> tuple[int, str]:
    """Status and words of a page; files are read to their end and have none."""
    answer = client.get(url)
    body = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, body.decode() if "text/html" in answer.headers.get(
        "Content-Type", ""
    ) else ""


def _kind(url: str) -> str:
    """An address without its numbers: one of a kind stands for all."""
    return re.sub(r"\d+", "N", url)


@pytest.mark.once
def test_an_analyst_writes_nothing(
    house: dict[str, int], workspace: Workspace, analyst: Person
) -> None:
    client = analyst.client()
    with watch(workspace) as watching:
        for name, wanted in addresses():
            if name in {"choose_workspace", "account", "settings"}:
                continue  # about oneself
            url = filled(name, wanted, house)
            answer = client.post(url, data_of(house))
            assert answer.status_code in {200, 302, 403, 404, 405, 422}, url
            assert watching.is_unchanged(), url


@pytest.mark.once
def test_the_walk_would_see_it(house: dict[str, int], owner: Person) -> None:
    """The house is full: its owner meets the secret nearly everywhere."""
    client = owner.client()
    seen = set()
    for name, wanted in addresses():
        answer = client.get(filled(name, wanted, house))
        body = b"".join(answer) if answer.streaming else answer.content
        if SECRET.encode() in body:
            seen.add(name)
    assert {
        "blueprint", "blueprint_step", "blueprint_versions", "blueprints", "today", "findings",
        "checkup", "community", "members", "member", "members_same",
        "member_messages", "around", "connections", "connection", "tasks", "join_asks",
        "moderation", "moderation_words", "imports", "failures",
    } <= seen  # fmt: skip


@pytest.mark.once
def test_the_watch_would_see_it(house: dict[str, int], workspace: Workspace) -> None:
    def somebody_writes() -> None:
        with watch(workspace) as watching:
            assert Member.objects.filter(workspace=workspace).exists()
            assert watching.is_unchanged()
            Member.objects.filter(pk=house["member"]).update(name="somebody else")
            assert not watching.is_unchanged()
        seen.append("the end")

    seen: list[str] = []
    with pytest.raises(AssertionError, match="changed"):
        somebody_writes()
    assert not seen
