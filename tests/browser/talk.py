"""A small Telegram export: sixty days of a reading circle that one person carries."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DAYS = 60
FIRST = datetime(2024, 3, 1, 12, tzinfo=UTC)
NAMES = ("Lin", "Bao", "Cai", "Dou", "Eve", "Fei", "Gao")
# Lin says eight things a day, the others one each on some days, one question a week stays open.
WHERE = ("第三章", "the winter chapter", "后记", "这首诗", "the letters", "序言", "the map")
WHAT = ("今天读到", "我喜欢", "有意思的是", "still thinking about", "再看一遍", "回到")
WHY = ("，写得真细", ", slowly", "，笑了半天", "，有点难懂", ", again and again")


def write_export(path: Path, name: str = "读书 reading circle") -> int:
    """Write the export; returns how many messages are in it."""
    items = [_joined(at, number) for number, at in enumerate(NAMES)]
    for day in range(DAYS):
        items += _day(day, len(items))
    chat = {"name": name, "type": "private_supergroup", "id": 4711, "messages": items}
    path.write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
    return sum(item["type"] == "message" for item in items)


def _day(day: int, first: int) -> list[dict[str, Any]]:
    start = FIRST + timedelta(days=day)
    said = [("Lin", _sentence(day * 8 + number)) for number in range(8)]
    said += [(name, "好的, 收到") for place, name in enumerate(NAMES[1:]) if (day + place) % 3 == 0]
    if day % 7 == 0:
        said.append(("Bao", "请问下周还在老地方吗？"))
    moments = sorted((place * 397 + day * 7919) % 10_000 for place in range(len(said)))
    return [
        _item(first + place, start + timedelta(seconds=moments[place]), who, text)
        for place, (who, text) in enumerate(said)
    ]


def _sentence(number: int) -> str:
    return f"{WHAT[number % 6]}{WHERE[number % 7]}{WHY[number % 5]}"


def _item(number: int, at: datetime, who: str, text: str) -> dict[str, Any]:
    return {
        "id": number + 1,
        "type": "message",
        "date": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_unixtime": str(int(at.timestamp())),
        "from": who,
        "from_id": f"user{1000 + NAMES.index(who)}",
        "text": text,
        "text_entities": [{"type": "plain", "text": text}],
    }


def _joined(who: str, number: int) -> dict[str, Any]:
    at = FIRST - timedelta(hours=2) + timedelta(minutes=number)
    return {
        "id": number + 1,
        "type": "service",
        "date": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_unixtime": str(int(at.timestamp())),
        "actor": who,
        "actor_id": f"user{1000 + number}",
        "action": "join_group_by_link",
        "inviter": "Group",
        "text": "",
        "text_entities": [],
    }
