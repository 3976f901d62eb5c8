"""Opening of drops: archives are refused where they would do harm, the rest is found."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from weilu.chat.ports import Unreadable
from weilu.connectors.formats.claiming import claim
from weilu.connectors.formats.opening import Limits, Opened, entries
from weilu.connectors.formats.registry import ALL_FORMATS

CHAT = "2023-01-01 08:00:00 Ann(1001)\nhello\n\n2023-01-01 08:01:00 Bob(1002)\nhi\n"


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    def make(members: dict[str, bytes]) -> Path:
        path = tmp_path / "drop.zip"
        path.write_bytes(zipped(members))
        return path

    return make


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def codes(opened: Opened) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in opened.problems]


def test_folder_is_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    (drop / "b").mkdir(parents=True)
    for name in ("z.txt", "a.txt", "b/c.txt", ".hidden", "._z.txt", "Thumbs.db"):
        (drop / name).write_text("x")
    assert [e.path for e in entries([drop]).entries] == ["drop/a.txt", "drop/b/c.txt", "drop/z.txt"]


def test_nested_archive_is_opened_once(packed: Callable[[dict[str, bytes]], Path]) -> None:
    innermost = zipped({"deep.txt": b"deep"})
    inner = zipped({"chat.txt": b"inside", "more.zip": innermost})
    opened = entries([packed({"inner.zip": inner, "__MACOSX/._x": b"", "top.txt": b"top"})])
    assert [e.path for e in opened.entries] == [
        "drop.zip/inner.zip/chat.txt",
        "drop.zip/inner.zip/more.zip",
        "drop.zip/top.txt",
    ]
    with opened.entries[0].open() as first, opened.entries[0].open() as second:
        assert first.read() == second.read() == b"inside"


@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/etc/out.txt", "C:/out.txt"])
def test_member_pointing_outside_is_refused(
    packed: Callable[[dict[str, bytes]], Path], name: str
) -> None:
    opened = entries([packed({name: b"x", "good.txt": b"y"})])
    assert codes(opened) == [("archive_path", f"drop.zip/{name}")]
    assert [e.path for e in opened.entries] == ["drop.zip/good.txt"]


def test_link_in_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "drop.zip"
    info = zipfile.ZipInfo("link.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert codes(entries([path])) == [("archive_path", "drop.zip/link.txt")]


def test_bombs_are_refused(packed: Callable[[dict[str, bytes]], Path]) -> None:
    path = packed({"zeros.txt": b"\x00" * 3_000_000})
    assert codes(entries([path], Limits(ratio_free_bytes=1_000_000))) == [
        ("archive_bomb", "drop.zip")
    ]
    assert codes(entries([path], Limits(total_bytes=2_000_000))) == [("archive_bomb", "drop.zip")]
    many = packed({f"{n}.txt": b"x" for n in range(11)})
    assert codes(entries([many], Limits(members=10))) == [("archive_bomb", "drop.zip")]
    assert len(entries([many], Limits(members=11)).entries) == 11


def test_declared_size_is_never_exceeded(packed: Callable[[dict[str, bytes]], Path]) -> None:
    path = packed({"big.txt": b"a" * 100_000})
    data = bytearray(path.read_bytes())
    real = (100_000).to_bytes(4, "little")
    path.write_bytes(bytes(data).replace(real, (50_000).to_bytes(4, "little")))
    opened = entries([path])
    assert [code for code, _ in codes(opened)] == ["archive_broken"]


def test_encrypted_and_broken_members_are_told(
    packed: Callable[[dict[str, bytes]], Path],
) -> None:
    path = packed({"chat.txt": b"secret"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert codes(entries([path])) == [("encrypted", "drop.zip/chat.txt")]


def test_broken_checksum_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "drop.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("chat.txt", b"a" * 200_000)
    data = bytearray(path.read_bytes())
    data[150_000] = ord("b")
    path.write_bytes(data)
    (one,) = entries([path]).entries
    with one.open() as stream, pytest.raises(Unreadable) as raised:
        stream.read()
    assert raised.value.problem.code == "archive_broken"


def test_file_that_only_begins_as_archive(tmp_path: Path) -> None:
    path = tmp_path / "drop.zip"
    path.write_bytes(b"PK\x03\x04 nothing")
    assert codes(entries([path])) == [("archive_broken", "drop.zip")]


def test_chinese_member_names_of_old_tools(tmp_path: Path) -> None:
    path = tmp_path / "drop.zip"
    raw = "聊天记录.txt".encode("gb18030")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x" * len(raw), CHAT)
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    assert [e.path for e in entries([path]).entries] == ["drop.zip/聊天记录.txt"]


def test_claim_sorts_and_tells_what_is_left(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    files = {
        "chat.txt": CHAT.encode(),
        "empty.txt": b"",
        "picture.json": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "base.db": b"SQLite format 3\x00" + bytes(100),
        "photo.jpg": b"\xff\xd8\xff\xe0" + bytes(100),
        "notes.txt": b"just some words\n",
    }
    for name, data in files.items():
        (drop / name).write_bytes(data)
    claimed = claim(entries([drop]), ALL_FORMATS)
    assert [(b.format, [e.path for e in b.entries]) for b in claimed.bundles] == [
        ("qq_text", ["drop/chat.txt"])
    ]
    assert [(p.code, p.path) for p in claimed.problems] == [
        ("not_text", "drop/base.db"),
        ("empty", "drop/empty.txt"),
        ("unknown_format", "drop/notes.txt"),
        ("not_text", "drop/picture.json"),
    ]


def test_what_holds_nothing_or_no_text_is_said(tmp_path: Path) -> None:
    """Also where it is not quite empty, and where no export stands beside it."""
    drop = tmp_path / "drop"
    drop.mkdir()
    files = {
        "blank.txt": b"\n\n  \r\n",
        "mark.csv": b"\xef\xbb\xbf",
        "list.json": b"[]\n",
        "scan.pdf": b"%PDF-1.4\n" + bytes(range(40, 120)),
        "words.txt": b"just some words\n",
    }
    for name, data in files.items():
        (drop / name).write_bytes(data)
    zipfile.ZipFile(drop / "hollow.zip", "w").close()
    claimed = claim(entries([drop]), ALL_FORMATS)
    assert [(p.path, p.code) for p in claimed.problems] == [
        ("drop/hollow.zip", "empty"),
        ("drop/blank.txt", "empty"),
        ("drop/list.json", "empty"),
        ("drop/mark.csv", "empty"),
        ("drop/scan.pdf", "not_text"),
        ("drop/words.txt", "unknown_format"),
    ]


def test_lone_picture_named_json_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    claimed = claim(entries([path]), ALL_FORMATS)
    assert claimed.bundles == ()
    assert [(p.code, p.path) for p in claimed.problems] == [("not_text", "result.json")]


def test_empty_lists_beside_an_export_are_no_problem(tmp_path: Path) -> None:
    day = b'[{"type":"message","ts":"1700000000.0001","user":"U1","text":"hi"}]'
    (tmp_path / "general").mkdir()
    (tmp_path / "general" / "2023-11-14.json").write_bytes(day)
    (tmp_path / "groups.json").write_bytes(b"[]\n")
    assert claim(entries([tmp_path]), ALL_FORMATS).problems == ()
    alone = claim(entries([tmp_path / "groups.json"]), ALL_FORMATS).problems
    assert [p.code for p in alone] == ["empty"]


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # a mode
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_are_opened_however_they_are_packed(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "drop.tar"
    inner = zipped({"chat.txt": CHAT.encode()})
    members = {"a/群.txt": CHAT.encode(), "._a": b"x", "inner.zip": inner, "b.txt": b"second"}
    path.write_bytes(tarred(members, mode))
    opened = entries([path])
    assert [e.path for e in opened.entries] == [
        "drop.tar/a/群.txt",
        "drop.tar/inner.zip/chat.txt",
        "drop.tar/b.txt",
    ]
    assert opened.problems == ()
    with opened.entries[0].open() as first, opened.entries[2].open() as second:
        assert first.read(4) == CHAT.encode()[:4]
        assert second.read() == b"second"
        assert first.read() == CHAT.encode()[4:]
    assert [b.format for b in claim(opened, ALL_FORMATS).bundles] == ["qq_text", "qq_text"]


def test_a_single_packed_file_is_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt.gz"
    path.write_bytes(gzip.compress(CHAT.encode()))
    (one,) = entries([path]).entries
    assert (one.path, one.size) == ("chat.txt.gz/chat.txt", len(CHAT.encode()))
    with one.open() as stream:
        assert stream.read() == CHAT.encode()


def test_a_tar_archive_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "drop.tar"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in [("../up", b"0"), ("/root", b"0"), ("C:/x", b"0"), ("link", b"2"),
                           ("hard", b"1"), ("pipe", b"6")]:  # fmt: skip
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    path.write_bytes(out.getvalue())
    opened = entries([path])
    assert opened.entries == ()
    assert {code for code, _ in codes(opened)} == {"archive_path"}
    assert len(opened.problems) == 6
    path.write_bytes(gzip.compress(bytes(5_000_000)))
    small = Limits(ratio=10, ratio_free_bytes=1000)
    assert codes(entries([path], small)) == [("archive_bomb", "drop.tar")]
    path.write_bytes(tarred({f"{n}.txt": b"x" for n in range(9)}))
    assert codes(entries([path], Limits(members=5))) == [("archive_bomb", "drop.tar")]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_archive_cut_anywhere_tells_it(tmp_path: Path, mode: str) -> None:
    whole = tarred({"a.txt": CHAT.encode(), "b.txt": CHAT.encode() * 20}, mode)
    for end in range(300, len(whole), 97 if mode != "w" else 701):
        path = tmp_path / "drop.tar"
        path.write_bytes(whole[:end])
        opened = entries([path])
        assert {code for code, _ in codes(opened)} <= {"archive_broken"}
        for entry in opened.entries:
            with entry.open() as stream:
                stream.read()


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00"])
def test_archives_of_other_kinds_are_named_as_such(tmp_path: Path, magic: bytes) -> None:
    path = tmp_path / "drop.7z"
    path.write_bytes(magic + bytes(500))
    found = claim(entries([path]), ALL_FORMATS)
    assert [(p.code, p.path) for p in found.problems] == [("archive_unknown", "drop.7z")]
