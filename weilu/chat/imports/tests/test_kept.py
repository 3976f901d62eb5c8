"""What looking at files has decoded is read in without parsing, and only while it is theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from weilu.chat.imports import kept
from weilu.chat.imports.actions import create_import, start_import
from weilu.chat.imports.look import look
from weilu.chat.imports.run import run_import
from weilu.chat.models import Import, ImportBundle, Message
from weilu.chat.ports import FORMATS, Answers, Bundle
from weilu.chat.tests.story import PlainFormat
from weilu.communities.models import Community
from weilu.core.access import Actor, system
from weilu.core.models import Workspace

pytestmark = pytest.mark.django_db

LINES = [b"%d tea u%d says m%d text %d" % (k, k % 3, k, k) for k in range(8)]


class Counting(PlainFormat):
    """Tells how often it was asked to parse."""

    def __init__(self) -> None:
        self.parsed = 0

    def read(self, bundle: Bundle, answers: Answers):  # type: ignore[no-untyped-def]  # as it is
        self.parsed += 1
        return super().read(bundle, answers)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Counting:
    one = Counting()
    monkeypatch.setitem(FORMATS.formats, "plain", one)
    return one


def looked_at(path: Path) -> tuple[Actor, Import, Community]:
    workspace = Workspace.objects.create(name="w")
    actor = system(workspace.pk)
    community = Community.objects.create(workspace=workspace, name="c", time_zone="UTC")
    run = create_import(actor, paths=[path], zone="UTC", community=community)
    run.format = "plain"
    run.save()
    assert look(run, lambda _done: True)
    Import.objects.filter(pk=run.pk).update(state=Import.State.READY)
    return actor, run, community


def read_in(actor: Actor, run: Import, community: Community) -> list[str]:
    start_import(actor, run=run, community=community)
    run = Import.objects.get(pk=run.pk)
    assert run_import(run, lambda _done: True)
    return list(Message.objects.order_by("sent_ms").values_list("text", flat=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "chat.txt"
    path.write_bytes(PlainFormat.head + b"\n".join(LINES))
    return path


TEXTS = [f"text {k}" for k in range(8)]


def test_a_file_is_parsed_once(path: Path, plain: Counting) -> None:
    actor, run, community = looked_at(path)
    assert read_in(actor, run, community) == TEXTS
    assert plain.parsed == 1
    assert run.pk not in kept._runs


def test_a_file_that_was_written_to_is_parsed_anew(path: Path, plain: Counting) -> None:
    actor, run, community = looked_at(path)
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"text 3", b"text X"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert read_in(actor, run, community)[3] == "text X"
    assert plain.parsed == 2


def test_other_answers_have_it_parsed_anew(path: Path, plain: Counting) -> None:
    actor, run, community = looked_at(path)
    Import.objects.filter(pk=run.pk).update(zone="Asia/Shanghai")
    assert read_in(actor, run, community) == TEXTS
    assert plain.parsed == 2


def test_what_another_process_looked_at_is_parsed_here(path: Path, plain: Counting) -> None:
    actor, run, community = looked_at(path)
    kept.forget(run.pk)
    assert read_in(actor, run, community) == TEXTS
    assert plain.parsed == 2


def test_what_does_not_fit_is_parsed_anew(
    path: Path, plain: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 200)
    actor, run, community = looked_at(path)
    assert read_in(actor, run, community) == TEXTS
    assert plain.parsed == 2


def test_looking_again_keeps_the_last_look(path: Path, plain: Counting) -> None:
    actor, run, community = looked_at(path)
    assert look(run, lambda _done: True)
    assert ImportBundle.objects.filter(run=run).count() == 1
    assert read_in(actor, run, community) == TEXTS
    assert plain.parsed == 2


def test_what_nobody_reads_in_is_let_go(
    path: Path, plain: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    _actor, run, _community = looked_at(path)
    held = kept._runs[run.pk]
    assert kept.tidy_kept() == 0
    monkeypatch.setattr(held, "since", held.since - 3601)
    assert kept.tidy_kept() == 1
    assert held.file.closed
    assert plain.parsed == 1
