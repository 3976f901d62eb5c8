"""What the commands say when something is odd: through the real command, sentence and exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from weilu.chat.models import Import, Message
from weilu.communities.models import Community
from weilu.config import speech
from weilu.config.catalogue import compile_all
from weilu.config.cli import main
from weilu.config.commands.tests.test_scripts import answer, run
from weilu.core.people import home_workspace
from weilu.groups.models import Group

LOG = "[08:03] <nine> morning\n[08:04] <ten> tea?\n"
CHAT = "".join(f"{13 + k}/01/2026, 08:03 - nine: hello {k}\n" for k in range(4))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "#tea_2026-01-02.log"
    path.write_text(LOG, "utf-8")
    return path


def error(*words: str, code: int = 2) -> str:
    """The sentence of a command that fails, the same for a person and a script."""
    plain, scripted = run(*words), run(*words, "--json")
    assert (plain.exit_code, scripted.exit_code) == (code, code), plain.output
    said: str = json.loads(scripted.stdout)["error"]
    assert plain.stdout == ""
    assert plain.stderr == said + "\n"
    return said


def two_groups() -> tuple[Group, Group]:
    """Two groups of one name on two platforms."""
    workspace = home_workspace()
    tea = Community.objects.create(workspace=workspace, name="Tea house", time_zone="UTC")
    first, second = (
        Group.objects.create(workspace=workspace, community=tea, platform=platform, name="lounge")
        for platform in ("qq", "wechat")
    )
    return first, second


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["numbers", "findings"])
def test_an_ambiguous_name_is_not_guessed(command: str) -> None:
    first, second = two_groups()
    assert error(command, "--group", "lounge") == (
        f"Several groups are called lounge. Say which: --group id:{first.pk} (Tea house, qq);"
        f" id:{second.pk} (Tea house, wechat)."
    )
    assert answer(command, "--group", f"id:{second.pk}")


@pytest.mark.django_db
def test_an_ambiguous_group_to_export(tmp_path: Path) -> None:
    two_groups()
    result = run("export", str(tmp_path / "a.json"), "--group", "lounge")
    assert result.exit_code == 2
    assert "Several groups are called lounge." in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["numbers", "findings"])
def test_an_unknown_name_brings_near_ones(command: str) -> None:
    assert error(command, "--group", "x") == (
        "There is no group yet. Bring some history in with weilu import."
    )
    two_groups()
    sentence = "There is no group launge. Did you mean lounge?"
    assert error(command, "--group", "launge") == sentence
    assert error(command, "--group", "zzz") == "There is no group zzz; there are lounge."


@pytest.mark.django_db
def test_an_empty_group_has_zeros() -> None:
    first, _ = two_groups()
    found = answer("numbers", "--group", f"id:{first.pk}")
    assert (found["messages"], found["first_day"], found["messages_per_day"]) == (0, None, {})
    assert answer("findings", "--group", f"id:{first.pk}") == {"group": "lounge", "findings": []}
    said = run("findings", "--group", f"id:{first.pk}")
    assert said.stdout == "Nothing has been looked at in this group yet.\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--from lies after --to."),
        (("--from", "tomorrow"), "Write a day like 2026-01-31, not tomorrow."),
        (("--to", "2026-02-30"), "Write a day like 2026-01-31, not 2026-02-30."),
        (("--tz", "Moon"), "Nobody knows this time zone; write it like Asia/Shanghai or UTC."),
        (("--bots", "some"), "--bots is include or exclude."),
    ],
)
def test_numbers_asked_wrongly(words: tuple[str, ...], sentence: str) -> None:
    first, _ = two_groups()
    assert error("numbers", "--group", f"id:{first.pk}", *words) == sentence


@pytest.mark.django_db
def test_one_day_alone_is_a_range(log: Path) -> None:
    answer("import", str(log), "--tz", "UTC")
    found = answer("numbers", "--group", "#tea", "--from", "2026-01-02", "--to", "2026-01-02")
    assert found["messages"] == 2


@pytest.mark.django_db
def test_a_folder_is_read_and_an_empty_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    empty = error("import", str(tmp_path / "logs"))
    assert empty == "Nothing in these files could be read as chat history."
    (tmp_path / "logs" / "#tea_2026-01-02.log").write_text(LOG, "utf-8")
    (tmp_path / "logs" / "chat.txt").write_text(CHAT, "utf-8")
    found = answer("import", str(tmp_path / "logs"), "--tz", "UTC")
    assert (found["files"], found["groups"], found["messages"]) == (2, 2, 6)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ('[{"id":1,"ty', " chat.json, message 1: It ends in the middle of a message."),
        ('[{"id":1,"type":"message","date":"x","from":"a","text":"b"}]}', " chat.json, message 1"),
        ("[]}", ""),
    ],
)
def test_an_export_without_a_message_is_no_success(
    log: Path, tmp_path: Path, messages: str, why: str
) -> None:
    broken = tmp_path / "chat.json"
    broken.write_text(f'{{"name":"x","type":"private_group","id":1,"messages":{messages}', "utf-8")
    said = error("import", str(broken))
    assert said.startswith(f"Nothing in these files could be read as chat history.{why}")
    told = json.loads(run("import", str(broken), "--json").stdout)
    assert (told["files"], told["messages"], told["unreadable"]) == (0, 0, 1 if why else 0)
    assert (Group.objects.count(), Community.objects.count()) == (0, 0)
    both = answer("import", str(broken), str(log), "--tz", "UTC")
    assert (both["messages"], both["unreadable"]) == (2, 1 if why else 0)
    again = answer("import", str(log), "--tz", "UTC")
    assert (again["messages"], again["duplicates"]) == (0, 2)


@pytest.mark.django_db
def test_a_missing_file_stops_before_anything(log: Path) -> None:
    assert error("import", str(log), "gone.txt") == "There is no file gone.txt."
    assert Import.objects.count() == 0


@pytest.mark.django_db
def test_of_several_the_good_ones_are_kept(log: Path, tmp_path: Path) -> None:
    broken = tmp_path / "photo.json"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    unclear = tmp_path / "table.csv"
    unclear.write_text("a;b\n" + "".join(f"{k};x{k}\n" for k in range(5)), "utf-8")
    result = run("import", str(log), str(broken), str(unclear), "--tz", "UTC")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Messages: 2. People: 2. Groups: 1. From 2026-01-02T08:03:00Z to 2026-01-02T08:04:00Z.",
        "Joined: 0. Left: 0. Known already: 0. Places that could not be read: 1.",
    ]
    assert "photo.json: It is a picture, a document or a program, not text." in result.stderr
    assert "table.csv: The columns of this table are not clear" in result.stderr
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_an_unclear_table_alone_is_an_error(tmp_path: Path) -> None:
    unclear = tmp_path / "table.csv"
    unclear.write_text("a;b\n" + "".join(f"{k};x{k}\n" for k in range(5)), "utf-8")
    assert error("import", str(unclear)) == (
        "The columns of this table are not clear; map them on the import page."
    )


@pytest.mark.django_db
def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    """Input that is a pipe is not read: guesses are taken."""
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, "utf-8")
    result = run("import", str(path))
    assert result.exit_code == 0
    assert Group.objects.get().name == "chat"


@pytest.mark.django_db
def test_the_terminals_language_is_spoken(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    compile_all()
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    two_groups()
    result = run("numbers", "--group", "launge")
    assert result.stderr == "没有叫 launge 的群。是不是 lounge？\n"
    assert set(answer("import", str(log), "--tz", "UTC")) >= {"files", "messages", "unreadable"}
    assert "从文件、文件夹或 zip 导入聊天记录。" in run("import", "--help").stdout
    monkeypatch.setenv("WEILU_LANGUAGE", "en")
    assert run("numbers", "--group", "launge").stderr.startswith("There is no group launge.")


@pytest.mark.parametrize(
    ("environment", "chosen", "language"),
    [
        ({}, "", "en"),
        ({"LANG": "C.UTF-8"}, "", "en"),
        ({"LANG": "zh_CN.UTF-8"}, "", "zh-hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "", "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, "", "zh-hans"),
        ({"LANG": "en_US.UTF-8"}, "zh-hans", "zh-hans"),
        ({"LANG": "zh_CN.UTF-8"}, "en", "en"),
    ],
)
def test_the_language_of_a_terminal(
    environment: dict[str, str], chosen: str, language: str
) -> None:
    assert speech.language_of(environment, chosen) == language


def test_retention_of_what_is_no_table(tmp_path: Path) -> None:
    picture = tmp_path / "a.csv"
    picture.write_bytes(b"\xff\xfe\xfa" * 10)
    assert error("retention", str(picture)) == ("a.csv: the file has fewer than two columns.")
    picture.write_bytes(b"\x1f\x8bnot gzip at all")
    assert error("retention", str(picture)).startswith(f"Cannot read {picture}: ")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert error("retention", str(empty)) == "empty.csv: the file is empty."


def test_evaluating_what_cannot_be_evaluated(tmp_path: Path) -> None:
    assert error("evaluate", "taste", str(tmp_path)).startswith("What can be evaluated:")
    assert error("evaluate", "replies", str(tmp_path)) == (
        f"{tmp_path}: no pairs X.raw.txt and X.annotation.txt in the folder."
    )
    table = tmp_path / "a.csv"
    table.write_text("label,text\nA,x\n", "utf-8")
    wrong = error("evaluate", "moderation", str(table))
    assert wrong.endswith("say what it means by --map A=ad.")
    assert error("evaluate", "moderation", str(table), "--map", "A") == (
        "'A' does not say what a label means; write 1=abuse."
    )
    assert error("evaluate", "moderation", str(tmp_path / "none.csv")).startswith("Cannot")
    scores = json.loads(run("evaluate", "moderation", str(table), "--map", "A=ad", "--json").stdout)
    assert scores["ad"]["labelled"] == 1


@pytest.mark.django_db
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert error("import", str(pipe)) == f"{pipe} is neither a file nor a folder."


@pytest.mark.django_db
def test_a_group_to_import_into_is_not_guessed(log: Path) -> None:
    """Two groups of one name on the file's platform; one of them by its number."""
    workspace = home_workspace()
    groups = []
    for name in ("one", "two"):
        where = Community.objects.create(workspace=workspace, name=name, time_zone="UTC")
        groups.append(
            Group.objects.create(
                workspace=workspace, community=where, platform="irc", name="lounge"
            )
        )
    said = error("import", str(log), "--tz", "UTC", "--group", "lounge")
    assert said.startswith("Several groups are called lounge.")
    assert Message.objects.count() == 0
    assert error("import", str(log), "--tz", "UTC", "--group", "id:999999") == (
        "There is no group id:999999."
    )
    answer("import", str(log), "--tz", "UTC", "--group", f"id:{groups[1].pk}")
    assert set(Message.objects.values_list("group_id", flat=True)) == {groups[1].pk}
    assert Group.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_log_without_dates_begins_on_the_day_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "#tea.log"
    path.write_text("[23:59] <nine> morning\n[00:01] <ten> tea?\n", "utf-8")

    assert error("import", str(path), "--first-day", "2026-02-30") == (
        "This is no day; write it like 2024-01-31."
    )
    done = run("import", str(path), "--first-day", "2026-01-02", "--tz", "UTC", "--json")
    said = json.loads(done.stdout)
    assert (said["first"], said["last"]) == ("2026-01-02T23:59:00Z", "2026-01-03T00:01:00Z")
    os.utime(path, (1_767_528_000, 1_767_528_000))  # 2026-01-04
    guessed = run("import", str(path), "--tz", "UTC", "--json")
    assert json.loads(guessed.stdout)["first"] == "2026-01-03T23:59:00Z"
    assert "say another day with --first-day" in guessed.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("numbers",), "Missing option '--group'."),
        (("numbers", "--nope"), "No such option: --nope"),
        (("retention",), "Missing argument 'file'."),
        (("retention", "x.csv", "--by", "century"), "is not one of 'day', 'week', 'month'"),
        (("nope",), "No such command 'nope'."),
    ],
)
def test_wrong_usage_is_told_to_a_script_as_an_object(words: tuple[str, ...], said: str) -> None:
    result = run(*words, "--json")
    assert result.exit_code == 2
    assert said in json.loads(result.stdout)["error"]
    assert result.stderr == ""
    assert run(*words).stdout == ""


def test_a_wrong_setting_is_a_sentence_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEILU_PORT", "abc")
    monkeypatch.setattr("sys.argv", ["weilu", "numbers", "--group", "tea", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"].startswith("WEILU_PORT: ")
