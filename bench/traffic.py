"""Made-up traffic: group chat with a heavy tail of groups and people, deterministic by seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from weilu.chat.ports import Inbound, Kind

START_MS = 1_760_000_000_000
BATCH = 2000
ADVERT = "日赚五百兼职刷单，加微信 abc{} 拉你进群，名额有限"
_WORDS = [
    "今天",
    "天气",
    "真",
    "好",
    "大家",
    "早",
    "上",
    "喝",
    "茶",
    "了",
    "吗",
    "这",
    "款",
    "白茶",
    "不错",
    "请问",
    "发货",
    "几",
    "天",
    "到",
    "谢谢",
    "老板",
    "我",
    "也",
    "想",
    "要",
    "怎么",
    "泡",
    "水温",
    "多少",
    "合适",
    "收到",
    "了",
    "很",
    "香",
    "推荐",
    "一下",
    "周末",
    "有",
    "活动",
    "报名",
    "群里",
    "新人",
    "欢迎",
    "你",
    "好",
    "问",
    "一下",
    "hello",
    "thanks",
    "how",
    "do",
    "I",
    "install",
    "the",
    "new",
    "version",
    "kernel",
    "driver",
    "link",
    "it",
    "works",
    "now",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One wire event: which group, and what happened."""

    group: int
    item: Inbound


def texts(count: int, seed: int = 1) -> list[str]:
    """Messages of about a dozen words with a heavy tail."""
    rng = np.random.default_rng(seed)
    sizes = np.clip(rng.lognormal(2.0, 0.8, count).astype(int), 1, 60)
    picks = rng.integers(0, len(_WORDS), int(sizes.sum()))
    made, at = [], 0
    for size in sizes.tolist():
        made.append("".join(_WORDS[k] for k in picks[at : at + size]))
        at += size
    return made


def events(count: int, *, groups: int = 5000, per_group: int = 200, seed: int = 1) -> list[Event]:
    """Events in order of time: 94 % messages, 4 % joins, 2 % leaves; random ids, 1 % doubles."""
    rng = np.random.default_rng(seed)
    random_ids = random.Random(seed)
    group = rng.permutation(groups)[
        np.minimum((groups * rng.random(count) ** 2.2).astype(int), groups - 1)
    ]
    person = group * per_group + np.minimum(
        (per_group * rng.random(count) ** 3).astype(int), per_group - 1
    )
    moment = START_MS + np.cumsum(rng.exponential(86.4, count)).astype(np.int64)
    kind = rng.choice([Kind.MESSAGE, Kind.JOIN, Kind.LEAVE], count, p=[0.94, 0.04, 0.02])
    doubled = rng.random(count) < 0.01
    said = texts(count, seed)
    made: list[Event] = []
    for k in range(count):
        if doubled[k] and k > 100:
            made.append(made[k - 50])
            continue
        is_message = kind[k] == Kind.MESSAGE
        made.append(
            Event(
                int(group[k]),
                Inbound(
                    kind=int(kind[k]),
                    sent_ms=int(moment[k]),
                    account=f"u{person[k]}",
                    name=f"user {person[k]}",
                    text=said[k] if is_message else "",
                    external_id=f"{random_ids.getrandbits(62):x}",
                ),
            )
        )
    return made


class Wire(msgspec.Struct, gc=False):
    """An event as a connector gets it."""

    group: int
    kind: int
    sent_ms: int
    account: str
    name: str
    text: str
    id: str


def wire(made: Sequence[Event]) -> list[bytes]:
    """Batches of events as JSON."""
    encode = msgspec.json.encode
    return [
        encode(
            [
                Wire(
                    e.group,
                    e.item.kind,
                    e.item.sent_ms,
                    e.item.account,
                    e.item.name,
                    e.item.text,
                    e.item.external_id,
                )
                for e in run
            ]
        )
        for run in batches(made, BATCH)
    ]


def with_adverts(made: Sequence[Event], share: float = 0.01, seed: int = 5) -> list[Event]:
    """The same events, some of them advertisements of accounts that say little else."""
    chosen = np.random.default_rng(seed).random(len(made)) < share
    return [
        Event(one.group, _advert(one.item, k)) if advert and one.item.text else one
        for k, (one, advert) in enumerate(zip(made, chosen.tolist(), strict=True))
    ]


def _advert(item: Inbound, number: int) -> Inbound:
    account = f"s{number // 500}"
    return msgspec.structs.replace(
        item, account=account, name=f"seller {account}", text=ADVERT.format(number)
    )


def batches(made: Sequence[Event], size: int) -> list[Sequence[Event]]:
    """Events in runs."""
    return [made[k : k + size] for k in range(0, len(made), size)]
