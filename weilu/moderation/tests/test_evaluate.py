"""Labelled messages out of files of many makings."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from weilu.moderation import evaluate
from weilu.moderation.evaluate import Calling, Unreadable, evaluate_files, labelled


def told(path: Path) -> list[tuple[str, str]]:
    return [(row.label, row.text) for row in labelled(path)]


EXPECTED = [("normal", "在吗"), ("ad", "加微信 abc, 免费"), ("abuse", "滚")]
TABLE = 'label{s}text\n正常{s}在吗\nSPAM{s}"加微信 abc, 免费"\nOffensive{s}滚\n'


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_tables(sign: str, encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(TABLE.format(s=sign).replace("\n", "\r\n").encode(encoding))
    assert told(file) == EXPECTED


def test_a_packed_table(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    packed = gzip.compress(TABLE.format(s=",").encode())
    file.write_bytes(packed)
    assert told(file) == EXPECTED
    file.write_bytes(packed[:-20])
    with pytest.raises(Unreadable, match="the packed file is broken"):
        told(file)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "_MOST_BYTES", 1 << 20)
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"0" * (1 << 21)))
    with pytest.raises(Unreadable, match="more than 1 MB"):
        told(file)


@pytest.mark.parametrize(
    "written",
    [
        'text,label\n在吗,0\n"加微信 abc, 免费",1\n滚,abuse\n',
        'Category,id,Message\nham,1,在吗\nspam,2,"加微信 abc, 免费"\ntoxic,3,滚\n',
        'ham,在吗\nspam,"加微信 abc, 免费"\nabuse,滚\n',
        "在吗\tham\n加微信 abc, 免费\tspam\n滚\tabuse\n",
        "\n".join(json.dumps({"label": label, "text": text}) for label, text in EXPECTED),
        json.dumps([{"label": label, "content": text} for label, text in EXPECTED]),
        'v1,v2\n0.0,在吗\nTrue,"加微信 abc, 免费"\n辱骂,滚\n',
        '7,在吗,x,normal\n8,"加微信 abc, 免费",y,fake_police\n9,滚,z,toxic\n',
        "text|type\n在吗|非诈骗\n加微信 abc, 免费|loan\n滚|冒犯\n",
    ],
)
def test_other_shapes(written: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(written, "utf-8")
    assert told(file) == EXPECTED


def test_quotes_that_are_said_swallow_nothing(tmp_path: Path) -> None:
    file = tmp_path / "sms.tsv"
    file.write_text('ham\t"Hi, there, you; all\nspam\tWin "now"\nham\tbye" ok\n', "utf-8")
    assert told(file) == [
        ("normal", '"Hi, there, you; all'),
        ("ad", 'Win "now"'),
        ("normal", 'bye" ok'),
    ]
    file.write_text('label\ttext\nham\t"one\ntwo"\nspam\tx\n', "utf-8")
    assert told(file) == [("normal", "one\ntwo"), ("ad", "x")]


def test_messages_and_labels_apart(tmp_path: Path) -> None:
    messages, labels = tmp_path / "m.jsonl", tmp_path / "l.csv"
    rows = [{"id": 1, "text": "加微信"}, {"id": 2, "text": "早", "user": "a", "time": "2026-01-01"}]
    messages.write_text("\n".join(json.dumps(one) for one in rows), "utf-8")
    labels.write_text("id;label\n1.0;ad\n9;ad\n", "utf-8")
    scores = evaluate_files(messages, labels)
    assert scores["ad"].labelled == 1
    messages.write_text("id,text,user,time\n1,加微信,,\n2,早,a,1767225600\n", "utf-8")
    assert evaluate_files(messages, labels)["ad"].labelled == 1


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (b"", "there are no messages in it"),
        (b"label,text\n", "there are no messages in it"),
        (b"a,b,c\n1,2,3\n", "line 1: the columns label and text are needed"),
        (b"label,text\nmaybe,x\n", "line 2: the label 'maybe' is not normal, ad or abuse"),
        (b"label,text\n\nad\n", "line 3: there is no text"),
        (b'{"label": "ad", "text": "x"}\n{oh', "line 2: a JSON object"),
        (b'[{"label": "ad"', "the JSON is broken"),
        (b'[{"label": "ad", "text": "x", "time": "soon"}]', "line 1: this is no time: soon"),
        (b"\x89PNG\r\n\x1a\n\0\0", "this is a picture or a program, not text"),
        (b"[" * 100_000, "the JSON is broken"),
    ],
)
def test_what_cannot_be_used_is_said(written: bytes, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(written)
    with pytest.raises(Unreadable) as caught:
        evaluate_files(file, None)
    assert str(caught.value).startswith(str(file))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "word", ["0", "-1", "0.0", "Ham", "not_spam", "non-offensive", "nonspam", "not spam", "非垃圾"]
)
def test_what_is_not_junk_is_normal(word: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"label,text\n{word},早\n1,加微信\n", "utf-8")
    assert evaluate_files(file, None)["ad"].labelled == 1


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ("", "labels.csv: there are no labels in it"),
        ("id,label\n", "labels.csv: there are no labels in it"),
        ("id,label\n7,ad\n", "messages.jsonl: none of the labels is about a message in it"),
    ],
)
def test_labels_of_no_message_are_told(labels: str, sentence: str, tmp_path: Path) -> None:
    messages, told_apart = tmp_path / "messages.jsonl", tmp_path / "labels.csv"
    messages.write_text(json.dumps({"id": 1, "text": "在吗"}) + '\n{"text": "没有编号"}\n')
    told_apart.write_text(labels)
    with pytest.raises(Unreadable, match=sentence):
        evaluate_files(messages, told_apart)


@pytest.mark.parametrize("time", [None, "", "unknown", "2026-11-20", "2026.11.20"])
def test_messages_without_an_hour_are_no_rush(time: str | None, tmp_path: Path) -> None:
    """An exporter that leaves the time out, or gives the day alone, makes nobody a nuisance."""
    file = tmp_path / "m.jsonl"
    talk = [f"今天第 {n} 壶喝的是水仙，汤色不错" for n in range(40)]
    rows = [{"label": "normal", "user": "a", "time": time, "text": text} for text in talk]
    file.write_text("\n".join(json.dumps(one) for one in rows), "utf-8")
    scores = evaluate_files(file, None)
    assert scores["ad"].false_per_1000 == 0
    assert scores["ad"].regulars_removed == 0


@pytest.mark.parametrize(
    ("time", "told_as"),
    [
        ("2010.11.26 09:39", 1_290_764_340_000),
        ("2010/1/6 09:39", 1_262_770_740_000),
        ("2010年1月6日 09:39", 1_262_770_740_000),
        ("2010-01-06T09:39:00+08:00", 1_262_741_940_000),
        (1_262_770_740, 1_262_770_740_000),
        ("1262770740000", 1_262_770_740_000),
        ("N/A", None),
    ],
)
def test_times(time: str | int, told_as: int | None, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(json.dumps([{"label": "normal", "text": "早", "time": time}]), "utf-8")
    assert [row.time for row in labelled(file)] == [told_as]


def test_a_caller_says_what_labels_mean(tmp_path: Path) -> None:
    file = tmp_path / "cold.csv"
    file.write_text(",topic,label,TEXT\n1,x,1,滚\n2,y,0,早\n", "utf-8-sig")
    assert told(file)[0][0] == "ad"
    calling = Calling.of(["1=abuse"])
    assert [row.label for row in labelled(file, None, calling)] == ["abuse", "normal"]
    file.write_text("A\t滚\nB\t早\n", "utf-8")
    with pytest.raises(Unreadable, match="by --map 1=abuse"):
        told(file)
    calling = Calling.of(["A=abuse", "B=normal"])
    assert [row.label for row in labelled(file, None, calling)] == ["abuse", "normal"]
    for wrong in ("1", "=ad", "1=rude"):
        with pytest.raises(Unreadable, match="write 1=abuse"):
            Calling.of([wrong])


def test_a_heading_says_what_one_means(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("comment_text,toxic\n滚,1\n早,0\n", "utf-8")
    assert told(file) == [("abuse", "滚"), ("normal", "早")]


def test_lines_of_text_that_are_all_of_one_kind(tmp_path: Path) -> None:
    file = tmp_path / "ham.txt"
    file.write_text("早, 各位\n\n吃了吗\n", "utf-8")
    rows = list(labelled(file, None, Calling.of([], "normal")))
    assert [(row.label, row.text) for row in rows] == [("normal", "早, 各位"), ("normal", "吃了吗")]
    with pytest.raises(Unreadable, match="is not normal, ad or abuse"):
        Calling.of([], "fine")
