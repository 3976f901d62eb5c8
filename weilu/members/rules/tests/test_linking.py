"""Which identities are one person: sound links, suggestions, and refusals (C-1)."""

import random
import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.members.rules.evidence import IdentityFacts, NameSpan, Rename
from weilu.members.rules.linking import Linking, propose_links
from weilu.members.rules.spells import count_overlaps, expected_overlaps, speaking_spells

MINUTE = 60_000
DAY = 86_400_000


def identity(
    one: int,
    name: str,
    said: list[int] | None = None,
    breaks: list[int] | None = None,
    **more: object,
) -> IdentityFacts:
    sent = np.array(sorted(said or []), dtype=np.int64) * MINUTE
    cut = np.array(breaks or [], dtype=np.int64) * MINUTE
    fields: dict[str, object] = {"platform": "irc", "account": name, "messages": len(sent)}
    fields |= more
    return IdentityFacts(
        id=one,
        names=(NameSpan(name, 0, 0),),
        spells=speaking_spells(sent, cut),
        **fields,  # type: ignore[arg-type]  # keyword fields of one frozen class
    )


def codes(found: Linking) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    return [(x.a, x.b) for x in found.sound], [(x.a, x.b) for x in found.doubtful]


def test_speaking_spells_break_at_silence_and_renames() -> None:
    sent = np.array([0, 1, 2, 20, 21, 22], dtype=np.int64) * MINUTE
    spells = speaking_spells(sent, np.array([21 * MINUTE], dtype=np.int64))
    assert (spells // MINUTE).tolist() == [[0, 2], [20, 20], [21, 22]]
    assert speaking_spells(np.empty(0, dtype=np.int64), sent).shape == (0, 2)


def test_overlaps_count_only_true_ones() -> None:
    left = np.array([[0, 10], [20, 30]], dtype=np.int64)
    assert count_overlaps(left, np.array([[10, 20]], dtype=np.int64)) == 0
    assert count_overlaps(left, np.array([[5, 5], [25, 40]], dtype=np.int64)) == 2
    assert count_overlaps(left, np.array([[100, 120]], dtype=np.int64)) == 0
    assert expected_overlaps(left, np.array([[100, 120]], dtype=np.int64)) == 0.0


def test_a_chain_of_renames_is_one_person() -> None:
    facts = [identity(1, "leafy", [0]), identity(2, "greenleaf"), identity(3, "brewer", [90, 95])]
    found = propose_links(facts, [Rename(1, 2, MINUTE), Rename(2, 3, 2 * MINUTE)])
    assert codes(found) == ([(1, 2), (2, 3)], [])
    assert found.people == {1: 3, 2: 3, 3: 3}
    assert found.sound[0].reasons == ("renamed",)
    assert found.sound[0].strength == 0.82


def test_a_forced_nick_carries_evidence_through_and_belongs_to_its_owner() -> None:
    facts = [identity(1, "leafy"), identity(2, "Guest4106"), identity(3, "brewer")]
    renames = [Rename(1, 2, 0), Rename(2, 3, MINUTE), Rename(1, 2, DAY), Rename(2, 3, DAY + 1)]
    found = propose_links(facts, renames)
    assert found.people == {1: 1, 2: 1, 3: 1}
    assert [(x.a, x.b, x.strength, x.reasons) for x in found.sound] == [
        (1, 2, 0.85, ("guest_of",)),
        (1, 3, 0.82, ("renamed_through_guest",)),
    ]
    once = propose_links(facts, renames[:2])
    assert [(x.a, x.b, x.strength, x.reasons) for x in once.doubtful] == [
        (1, 3, 0.7, ("renamed_through_guest",))
    ]
    assert once.people == {1: 1, 2: 1, 3: 3}


def test_a_default_nick_does_not_join_strangers() -> None:
    facts = [identity(0, "ubuntu"), *(identity(i, f"stranger{i}x") for i in range(1, 30))]
    found = propose_links(facts, [Rename(0, i, i * MINUTE) for i in range(1, 30)])
    assert found.sound == ()
    assert len(set(found.people.values())) == 30


def test_a_hub_is_found_without_a_list_of_names() -> None:
    names = ["startpage", "oolong", "sencha", "puerh", "matcha", "keemun"]
    facts = [identity(i, name) for i, name in enumerate(names)]
    found = propose_links(facts, [Rename(0, i, i * MINUTE) for i in range(1, 6)])
    assert found.sound == ()
    assert {x.reasons for x in found.doubtful} == {("renamed", "hub")}


def test_two_who_talk_at_once_are_two() -> None:
    left = identity(1, "teaguard", [0, 2, 4, 60, 62, 64, 120, 122, 124])
    right = identity(2, "teaguard_", [1, 3, 61, 63, 121, 123])
    found = propose_links([left, right], [])
    assert found.sound == ()
    assert found.people == {1: 1, 2: 2}
    assert found.doubtful == ()


def test_a_tail_nick_that_never_meets_its_other_is_one() -> None:
    left = identity(1, "teaguard", [0, 2, 200, 202])
    right = identity(2, "teaguard_", [100, 102])
    found = propose_links([left, right], [])
    assert [(x.a, x.b, x.strength, x.reasons) for x in found.sound] == [
        (1, 2, 0.82, ("nick_tail",))
    ]
    assert found.people == {1: 1, 2: 1}


def test_a_group_refuses_a_voice_heard_beside_its_others() -> None:
    first = identity(1, "oolong", [0, 2, 4, 60, 62, 64])
    middle = identity(2, "sencha")
    third = identity(3, "keemun", [1, 3, 61, 63])
    found = propose_links([first, middle, third], [Rename(1, 2, 0), Rename(2, 3, 5)])
    assert codes(found) == ([(1, 2)], [(2, 3)])
    assert found.doubtful[0].reasons == ("renamed", "cluster_conflict")


def test_reconnecting_under_a_short_nick_becomes_sound() -> None:
    times = np.array([10, 500, 900], dtype=np.int64) * MINUTE
    left = identity(1, "oolo", left_ms=times + MINUTE)
    right = identity(2, "oolo_", joined_ms=times)
    found = propose_links([left, right], [])
    assert [(x.strength, x.reasons) for x in found.sound] == [
        (0.865, ("nick_tail_short", "reconnected"))
    ]


def test_a_names_only_export_meets_the_one_with_accounts() -> None:
    left = identity(1, "爱喝水仙的猫", platform="wechat", account="wxid_1")
    right = identity(2, "爱喝水仙的猫", platform="wechat", account="")
    twin = identity(3, "爱喝水仙的猫", platform="wechat", account="wxid_2")
    found = propose_links([left, right], [])
    assert [(x.strength, x.reasons) for x in found.sound] == [
        (0.85, ("same_name", "names_only_source"))
    ]
    alone = propose_links([left, twin], [])
    assert (alone.sound, [(x.strength, x.reasons) for x in alone.doubtful]) == (
        (),
        [(0.7, ("same_name",))],
    )


def test_no_cluster_grows_beyond_belief() -> None:
    facts = [identity(i, f"word{chr(97 + i % 26)}{chr(97 + i // 26)}tea") for i in range(60)]
    renames = [Rename(i, i + 1, i * MINUTE) for i in range(59)]
    found = propose_links(facts, renames)
    sizes = [list(found.people.values()).count(head) for head in set(found.people.values())]
    assert max(sizes) == 20
    assert {x.reasons[-1] for x in found.doubtful} == {"cluster_full"}


NAMES = ("leafy", "leafy_", "brewer", "Guest12", "ubuntu", "teaguard", "teaguard|away", "oolong")


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 500)), max_size=25),
    st.lists(st.lists(st.integers(0, 2000), max_size=8), min_size=8, max_size=8),
    st.integers(0, 10**6),
)
def test_the_answer_does_not_depend_on_order(
    moves: list[tuple[int, int, int]], talk: list[list[int]], seed: int
) -> None:
    facts = [identity(i, name, talk[i]) for i, name in enumerate(NAMES)]
    renames = [Rename(a, b, at * MINUTE) for a, b, at in moves]
    first = propose_links(facts, renames)
    shuffle = random.Random(seed)
    shuffle.shuffle(facts)
    shuffle.shuffle(renames)
    assert propose_links(facts, renames) == first
    assert set(first.people) == set(range(8))
    assert all(first.people[head] == head for head in first.people.values())


def test_ten_thousand_identities_take_a_moment() -> None:
    facts = [
        identity(i, f"tea{i * 7919 % 100_003}drinker{i % 9}", [i, i + 3]) for i in range(10_000)
    ]
    renames = [Rename(i, (i * 31 + 7) % 10_000, i * MINUTE) for i in range(10_000)]
    start = time.perf_counter()
    found = propose_links(facts, renames)
    assert time.perf_counter() - start < 5.0
    assert len(found.people) == 10_000
