"""Links, questions and answers on small talks with exact results, and on the annotated logs."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.chat.replies.evaluate import evaluate, read_pair
from weilu.chat.replies.questions import answers, is_question, questions
from weilu.chat.replies.rules import CONTEXT, Links, Talk, link
from weilu.core.tests.halves import Halved

NAMES = {"amber": 0, "birch": 1, "cedar": 2, "小明": 3, "the": 4}
ASKING = [
    "有人在吗",
    "你呢",
    "怎么安装驱动",
    "为什么不行",
    "哪里下载",
    "求推荐耳机",
    "请问几点开始",
    "小明: 什么意思",
    "干嘛呢",
    "what is this",
    "can anyone help",
    "birch: how do i remove it",
    "hi all, does anyone know php",
    "几点开会？",
    "http://a.example/怎么打不开",
]
SILENT = [
    "",
    "?",
    "？？",
    "吗的又坏了",
    "https://a.example/x?id=3",
    "看 http://a.example/?q=how",
    "好的",
    "没什么",
    "哪怕下雨也去",
    "thanks a lot",
    "when i start it fails",
    "index.php?id=3",
    "多少有点贵",
    "I know how",
]
TEXTS = st.sampled_from(
    ["", "?", "amber: try again", "@小明 看这里", "the: yes", "how do i start it", "thanks", "好的"]
)


def make(rows: list[tuple[int, int, str]], explicit: dict[int, int] | None = None) -> Talk:
    told = np.full(len(rows), -1, np.int32)
    for child, parent in (explicit or {}).items():
        told[child] = parent
    return Talk(
        np.asarray([r[0] for r in rows], np.int64) * 60_000,
        np.asarray([r[1] for r in rows], np.int32),
        [r[2] for r in rows],
        told,
        NAMES,
    )


@pytest.mark.parametrize("text", ASKING)
def test_asks(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", SILENT)
def test_does_not_ask(text: str) -> None:
    assert not is_question(text)


def test_batch_keeps_order() -> None:
    assert questions(["好的", "为什么\n不行", "", "ok"]).tolist() == [False, True, False, False]
    assert questions([]).tolist() == []


def test_reply_by_name_is_linked() -> None:
    talk = make([(0, 0, "how do i mount a disk?"), (1, 1, "hello all"), (1, 2, "amber: use mount")])
    assert link(talk).parent.tolist() == [0, 1, 0]


def test_explicit_reply_wins() -> None:
    talk = make([(0, 0, "早"), (0, 1, "有人用过吗"), (9, 2, "amber: 早")], {2: 1})
    found = link(talk)
    assert (found.parent[2], found.confidence[2]) == (1, 1.0)


@pytest.mark.parametrize("count", [0, 1])
def test_tiny_talks_start_themselves(count: int) -> None:
    assert link(make([(0, 0, "")] * count)).parent.tolist() == list(range(count))


def test_notice_answers_nobody() -> None:
    talk = make([(0, 0, "hello"), (0, -1, "amber has joined")])
    assert link(talk).parent.tolist() == [0, 1]


def test_first_answer_counts_through_what_the_asker_added() -> None:
    talk = make(
        [(0, 0, "怎么装"), (1, 0, "在线等"), (3, 1, "用脚本"), (5, 2, "看文档"), (6, 0, "谢")]
    )
    nobody = np.full(5, -1, np.int64)
    links = Links(np.asarray([0, 0, 1, 0, 3], np.int32), np.ones(5, np.float32), nobody, nobody)
    found = answers(talk, links, np.asarray([True, False, False, False, True]))
    assert found.row.tolist() == [2, -1, -1, -1, -1]
    assert found.wait_ms.tolist() == [180_000, -1, -1, -1, -1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 4), TEXTS), max_size=60))
def test_parents_come_first_and_links_repeat(steps: list[tuple[int, int, str]]) -> None:
    minute = np.cumsum([s[0] for s in steps], dtype=np.int64).tolist()
    talk = make([(m, s[1], s[2]) for m, s in zip(minute, steps, strict=True)])
    one, two = link(talk), link(talk)
    assert (one.parent <= np.arange(len(steps))).all()
    assert one.parent.tolist() == two.parent.tolist()
    assert ((one.confidence >= 0) & (one.confidence <= 1)).all()


def test_start_gives_what_a_full_run_gives() -> None:
    rng = np.random.default_rng(3)
    words = ["amber: yes", "how do i boot", "thanks", "@小明 看", "kernel panic", "cedar, try grub"]
    size = CONTEXT + 300
    rows = [(i // 3, int(rng.integers(4)), words[int(rng.integers(6))]) for i in range(size)]
    talk = make(rows)
    full, late = link(talk), link(talk, CONTEXT + 100)
    assert late.parent[CONTEXT + 100 :].tolist() == full.parent[CONTEXT + 100 :].tolist()
    assert late.parent[: CONTEXT + 100].tolist() == list(range(CONTEXT + 100))


def test_two_who_link_a_half_each_find_what_one_finds() -> None:
    rng = np.random.default_rng(5)
    words = ["amber: yes", "how do i boot", "thanks", "@小明 看", "kernel panic", "cedar, try grub"]
    size = CONTEXT + 1500
    # Some are notices, and some tell what they answer, far before the second half's context too.
    rows = [(i // 3, int(rng.integers(-1, 4)), words[int(rng.integers(6))]) for i in range(size)]
    told = {int(k): int(rng.integers(k)) for k in rng.choice(np.arange(1, size), 300, False)}
    talk, helper = make(rows, told), Halved()
    for start in (0, 150):
        one, two = link(talk, start), link(talk, start, helper=helper)
        assert two.parent.tolist() == one.parent.tolist()
        assert np.allclose(two.confidence, one.confidence, atol=1e-5)
        assert two.called.tolist() == one.called.tolist()
        assert two.named.tolist() == one.named.tolist()
    assert helper.asked == ["_decide"] * 2


def test_reads_a_pair(tmp_path: Path) -> None:
    lines = "[23:59] <Amber> hi\n=== Amber is now known as Ash\n[00:01] <Ash> why?\n"
    (tmp_path / "x.raw.txt").write_text(lines, "utf-8")
    (tmp_path / "x.annotation.txt").write_text("0 0 -\n2 0 -\n", "utf-8")
    talk, links = read_pair(tmp_path / "x.raw.txt", tmp_path / "x.annotation.txt")
    assert links == [(0, 0), (0, 2)]
    assert talk.speaker.tolist() == [0, -1, 0]
    assert talk.sent_ms.tolist() == [0, 0, 120_000]


@pytest.mark.parametrize(
    "lines",
    [
        "[23:59:10] <@Amber> hi\r\n[23:59:11] *** Amber is now known as Ash\r\n"
        "[00:01:00] <Ash> why?\r\n",
        "2026-01-13 23:59:10 <Amber> hi\n2026-01-13 23:59:11 -!- Amber is now known as Ash\n"
        "2026-01-14 00:01:00 <Ash> why?\n",
        "[2026-01-13T23:59:10Z] < Amber> hi\n[2026-01-13T23:59:11Z] * Amber is now known as Ash\n"
        "[2026-01-14T00:01:00Z] <+Ash> why?\n",
    ],
)
def test_reads_logs_of_other_loggers(lines: str, tmp_path: Path) -> None:
    (tmp_path / "x.raw.txt").write_bytes(b"\xef\xbb\xbf" + lines.encode())
    (tmp_path / "x.annotation.txt").write_text("\ufeff0,0\r\n2\t0\r\n", "utf-8")
    talk, links = read_pair(tmp_path / "x.raw.txt", tmp_path / "x.annotation.txt")
    assert links == [(0, 0), (0, 2)]
    assert talk.speaker.tolist() == [0, -1, 0]
    assert talk.sent_ms[2] - talk.sent_ms[0] == 120_000


@pytest.mark.parametrize("row", ["x y -", "7", "0 99 -"])
def test_a_wrong_annotation_is_said_with_its_line(row: str, tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (below / "x.raw.txt").write_text("[23:59] <Amber> hi\n", "utf-8")
    (below / "x.annotation.txt").write_text(f"0 0 -\n{row}\n", "utf-8")
    with pytest.raises(ValueError, match=f"^x.annotation.txt, line 2: .*: {row}$"):
        evaluate(tmp_path)


def test_no_pairs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no pairs"):
        evaluate(tmp_path)


def test_pairs_in_an_archive_count_once_beside_what_was_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "dev.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("a", "b"):
            packed.writestr(f"dev/{name}.raw.txt", "[23:59] <Amber> hi\n")
            packed.writestr(f"dev/{name}.annotation.txt", "0 0 -\n")
        packed.writestr("dev/alone.raw.txt", "[23:59] <Amber> hi\n")
    assert (evaluate(archive).files, evaluate(tmp_path).files) == (2, 2)
    zipfile.ZipFile(archive).extractall(tmp_path)
    assert evaluate(tmp_path).files == 2
    archive.write_bytes(b"PK\x03\x04broken")
    with pytest.raises(ValueError, match="zip"):
        evaluate(tmp_path)


@pytest.mark.data
def test_annotated_logs(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[5] / "shared" / "data"
    data = Path(os.environ.get("WEILU_DATA", root))  # noqa: TID251 tests only
    source = data / "irc_reply_links" / "dev.zip"
    if not source.exists():
        pytest.skip("The annotated reply links are not here.")
    zipfile.ZipFile(source).extractall(tmp_path)
    scores = evaluate(tmp_path / "dev")
    assert (scores.links, scores.files) == (2607, 10)
    # Trained on these files: a floor against breakage, not the quality on unseen logs.
    assert scores.f1 > 0.7
