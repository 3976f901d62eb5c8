"""Mattermost: the bulk export and the interface."""

from __future__ import annotations

import json

import pytest

from weilu.chat.ports import Kind
from weilu.connectors.formats.mattermost.bulk import MattermostBulkFormat
from weilu.connectors.formats.mattermost.posts import MattermostPostsFormat
from weilu.connectors.formats.tests.entries import data_folder
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of

AT = 1_700_000_000_000


def bulk(*rows: dict[str, object]) -> bytes:
    return "".join(
        f"{json.dumps(row)}\n" for row in ({"type": "version", "version": 1}, *rows)
    ).encode()


def test_channels_answers_and_reactions() -> None:
    like = {"user": "cy", "emoji_name": "+1", "create_at": AT + 9}
    answer = {"user": "bob", "message": "yo", "create_at": AT + 5, "reactions": [like]}
    post = {"team": "t", "channel": "tea", "user": "ann", "message": "hi", "create_at": AT}
    rows: tuple[dict[str, object], ...] = (
        {"type": "channel", "channel": {"team": "t", "name": "tea", "display_name": "茶友"}},
        {"type": "post", "post": {**post, "replies": [answer]}},
        {"type": "post", "post": {**post, "channel": "rice", "type": "system_join_channel"}},
        {"type": "post", "post": {**post, "user": None}},
        {"type": "direct_post", "direct_post": {**post, "channel_members": ["bob", "ann"]}},
    )
    portions = portions_of(MattermostBulkFormat(), entry(bulk(*rows)))
    assert [(p.chat.key, p.chat.name, len(p.items)) for p in portions if p.items] == [
        ("t/tea", "茶友", 3),
        ("t/rice", "rice", 1),
        ("ann|bob", "ann, bob", 1),
    ]
    root = f"{AT}.ann"
    assert [(Kind(i.kind).name, i.name, i.reply_to) for i in items_of(portions)[:4]] == [
        ("MESSAGE", "ann", ""),
        ("MESSAGE", "bob", root),
        ("REACTION", "cy", f"{AT + 5}.bob"),
        ("JOIN", "ann", ""),
    ]
    assert codes_of(portions) == [("bad_record", 5)]


def test_posts_of_the_interface() -> None:
    def post(number: int, **changes: object) -> dict[str, object]:
        return {
            "id": str(number),
            "create_at": AT + number,
            "user_id": "u",
            "channel_id": "c",
            **changes,
        }

    posts = [
        post(3, message="x", root_id="1", file_ids=["f"]),
        post(1, type="system_add_to_channel", props={"username": "ann", "addedUsername": "bob"}),
        post(2, message="gone", delete_at=AT),
        post(4, create_at=None),
    ]
    page = {"order": [], "posts": {str(p["id"]): p for p in posts}}
    portions = portions_of(MattermostPostsFormat(), entry(page))
    assert [(Kind(i.kind).name, i.name, i.target, i.reply_to) for i in items_of(portions)] == [
        ("JOIN", "bob", "ann", ""),
        ("RECALL", "u", "", ""),
        ("MESSAGE", "u", "", "1"),
    ]
    assert (codes_of(portions), portions[0].chat.key) == ([("bad_record", 1)], "c")


@pytest.mark.data
def test_the_real_sample() -> None:
    folder = data_folder("export_samples") / "mattermost_api"
    files = [entry(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
    one = MattermostPostsFormat()
    assert len(one.bundle(files)) == 1
    found = items_of(portions_of(one, *files))
    assert len(found) == 9
    assert {i.name for i in found if i.kind == Kind.JOIN} >= {"sduenas", "valcos"}
