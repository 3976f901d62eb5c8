"""What moderation does about others' events."""

from __future__ import annotations

from collections.abc import Sequence

from weilu.chat.models import Message, Picture
from weilu.core.reactions import on
from weilu.events.chat import HistoryImported, ImportUndone, NamesChanged, PictureRead
from weilu.events.moderation import DoubtsDecided
from weilu.moderation.actions import check_groups
from weilu.moderation.aside import judge_picture
from weilu.moderation.enforcing import enforce_decided
from weilu.moderation.models import Doubt
from weilu.moderation.naming import judge_names
from weilu.moderation.reports import settle_reports
from weilu.moderation.taking_back import stand_again, take_back, take_back_undone

# After who is who, conversations and findings: they are waited for, this is not.
AFTER_S = 3
_AT_ONCE = 500


@on(HistoryImported)
def check_import(events: Sequence[HistoryImported]) -> None:
    """Have the groups of an import looked through."""
    for event in events:
        check_groups(event.workspace_id, event.group_ids, AFTER_S)


@on(ImportUndone)
def forget_undone(events: Sequence[ImportUndone]) -> None:
    """Drop doubts about messages that are gone."""
    for workspace_id in {event.workspace_id for event in events}:
        ids = list(Doubt.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True))
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            there = set(Message.objects.filter(pk__in=some).values_list("pk", flat=True))
            Doubt.objects.filter(pk__in=set(some) - there).delete()


@on(PictureRead)
def judge_codes(events: Sequence[PictureRead]) -> None:
    """Judge what the codes of pictures say."""
    ids = [event.picture_id for event in events]
    for one in Picture.objects.filter(pk__in=ids).order_by("pk"):
        judge_picture(one)


@on(NamesChanged)
def judge_new_names(events: Sequence[NamesChanged]) -> None:
    """Judge what people call themselves from now on."""
    for event in events:
        judge_names(event)


@on(DoubtsDecided)
def act_on_junk(events: Sequence[DoubtsDecided]) -> None:
    """What a person calls junk in a connected group has the consequences the policy says."""
    for event in events:
        if event.state == Doubt.State.JUNK:
            stand_again(event.workspace_id, event.message_ids)
            enforce_decided(event.workspace_id, event.message_ids, event.by_id)


@on(DoubtsDecided)
def undo_what_was_fine(events: Sequence[DoubtsDecided]) -> None:
    """What a person calls fine is no violation: lift what followed from it."""
    for event in events:
        if event.state == Doubt.State.FINE:
            take_back(event.workspace_id, event.message_ids, event.by_id)


@on(DoubtsDecided)
def undo_what_was_decided(events: Sequence[DoubtsDecided]) -> None:
    """A decision that is taken back takes along what followed from it."""
    for event in events:
        if event.state == Doubt.State.OPEN:
            take_back_undone(event.workspace_id, event.message_ids, event.by_id)


@on(DoubtsDecided)
def weigh_reporters(events: Sequence[DoubtsDecided]) -> None:
    """What became of reported messages says what their reporters' word weighs."""
    for event in events:
        settle_reports(event.message_ids, event.state)
