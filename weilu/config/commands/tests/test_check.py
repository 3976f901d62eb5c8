"""What the doctor sees of the way in, of who runs, and of the clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from weilu.config.commands import check, folder
from weilu.config.options import Options
from weilu.core.clock import now
from weilu.core.models import Job, LogRow, Workspace

PUBLIC = "https://weilu.example.org"


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({}, ""),
        ({"host": "0.0.0.0"}, ""),  # noqa: S104 - an open network of one's own is fine
        ({"debug": True}, ""),
        ({"debug": True, "host": "0.0.0.0"}, "Take WEILU_DEBUG away"),  # noqa: S104
        ({"public_url": PUBLIC}, "WEILU_SECURE=true"),
        ({"public_url": PUBLIC, "secure": True}, "WEILU_TRUSTED_PROXIES=1"),
        (
            {"public_url": PUBLIC, "secure": True, "trusted_proxies": 1},
            "Add weilu.example.org to WEILU_ALLOWED_HOSTS",
        ),
        (
            {
                "public_url": PUBLIC,
                "secure": True,
                "trusted_proxies": 1,
                "allowed_hosts": "weilu.example.org, localhost",
            },
            "",
        ),
        (
            {
                "public_url": PUBLIC,
                "secure": True,
                "trusted_proxies": 1,
                "allowed_hosts": "*",
            },
            "Name the hosts",
        ),
    ],
)
def test_settings_of_the_way_in_that_do_not_fit(
    tmp_path: Path, settings: dict[str, object], begins: str
) -> None:
    found = check.address(Options.model_validate({"home": tmp_path, **settings}))
    assert found.mend.startswith(begins)
    assert bool(found.mend) is bool(begins)


def test_who_runs_is_named(tmp_path: Path) -> None:
    options = Options(home=tmp_path / "home", port=8601)
    assert check.running(options).found == "no weilu up with this data folder"
    with folder.running(options):
        assert check.running(options).found.startswith("http://127.0.0.1:8601/, process ")
    assert check.running(options).found == "no weilu up with this data folder"


def test_a_restore_that_was_broken_off_is_seen(tmp_path: Path) -> None:
    options = Options(home=tmp_path / "home")
    options.base.mkdir(mode=0o700)
    assert check.folder(options).mend == ""
    (options.base / folder.RESTORING).write_text("[]", encoding="utf-8")
    assert check.folder(options).mend == "weilu restore ARCHIVE"


@pytest.mark.django_db
@pytest.mark.parametrize(("ahead", "is_wrong"), [(0, False), (60, False), (3600, True)])
def test_a_clock_that_went_back_is_seen(workspace: Workspace, ahead: int, is_wrong: bool) -> None:
    assert check.clock().mend == ""
    LogRow.objects.create(
        workspace=workspace, name="Tea", payload={}, at=now() + timedelta(seconds=ahead)
    )
    assert bool(check.clock().mend) is is_wrong


@pytest.mark.django_db
def test_what_a_wrong_clock_planned_is_seen(workspace: Workspace) -> None:
    assert check.jobs_done().mend == ""
    later = now() + timedelta(days=365)
    Job.objects.create(workspace=workspace, name="tea", due_at=later, done_at=later)
    found = check.jobs_done()
    assert found.found == "1 was planned by a clock that stood wrong"
    assert found.mend == "Stop weilu up and start it again."
