"""Messages and accounts weighed."""

from __future__ import annotations

from functools import cache

import numpy as np

from weilu.moderation.rules.crowd import KNOWN_TALK, PAIRS, Crowd
from weilu.moderation.rules.learning import Decision, fit, lesson, nothing, shipped
from weilu.moderation.rules.ledger import DAY_MS
from weilu.moderation.rules.scoring import Judge, Signal
from weilu.moderation.rules.signals import read
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher, Word

AD = "兼职日结 加微信 abc12345"
TALK = ["今天的茶不错", "早上好大家", "这个水温多少合适", "我用盖碗", "哈哈哈", "谢谢你的分享"]


@cache
def judge() -> Judge:
    return Judge(Matcher(starter_words()))


def settled(crowd: Crowd, writer: int, messages: int = 40) -> None:
    """Let a writer talk harmlessly over four days."""
    texts = [TALK[n % len(TALK)] for n in range(messages)]
    times = [n * DAY_MS // 10 for n in range(messages)]
    verdicts = judge().talk(crowd, texts, [writer] * messages, times)
    assert not verdicts.junk.any()


def test_an_ad_of_a_newcomer_is_junk_and_says_why() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    verdicts = judge().talk(crowd, [AD], [2], [5 * DAY_MS])
    assert verdicts.junk.tolist() == [True]
    reasons = [signal for signal, _ in verdicts.reasons(0)]
    assert {Signal.WORDS, Signal.ADDRESS, Signal.NEWCOMER} <= set(reasons)
    assert reasons == sorted(reasons, key=lambda s: -abs(verdicts.parts[s][0]))


def test_a_settled_member_is_never_an_advertiser_for_one_ad() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    verdicts = judge().talk(crowd, [AD, "早上好大家"], [1, 1], [5 * DAY_MS, 5 * DAY_MS + 1])
    assert verdicts.junk.tolist() == [True, False]
    assert not verdicts.advertiser.any()


def test_small_signs_of_one_newcomer_add_up() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    texts = ["有兴趣的联系", "你们有微信吗", "我有网盘资源", "看头像加我"]
    verdicts = judge().talk(crowd, texts, [2] * 4, [5 * DAY_MS + n * 60_000 for n in range(4)])
    assert verdicts.advertiser.tolist()[0] is False
    assert verdicts.advertiser.tolist()[-1] is True


def test_words_nobody_here_used_are_no_evidence_by_themselves() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    crowd._pairs, crowd.used = np.zeros(PAIRS // 8, dtype=np.uint8), KNOWN_TALK
    texts = ["沙河", "砍私服中", "板面 麻汤青菜", "好的，回头见哈", "涮羊肉", "撸串去"]
    times = [5 * DAY_MS + n * 60_000 for n in range(len(texts))]
    verdicts = judge().talk(crowd, texts, [2] * len(texts), times)
    assert not verdicts.junk.any()
    assert not verdicts.advertiser.any()
    assert (verdicts.parts[Signal.UNHEARD] > 0).all()


def test_an_alphabet_inside_another_hides_something_but_for_a_few_letters() -> None:
    hidden = "Здpaвcтвyйтe, в oпиcaнии пpoфиля инфo для тex кoмy нyжны дeньги"
    names = "Взял iPadы и GMKшную клавиатуру, USBшники лежат рядом, VPNом не пользуюсь"
    text = judge().texts([names, "привет всем", hidden, "早上好", ""]).text
    assert text.odd.tolist()[1::2] == [0.0, 0.0]
    assert text.odd[0] <= 0.5
    assert text.odd[2] > 3.0
    assert text.odd[4] == 0.0


def test_signs_of_formulas_hide_nothing_but_where_they_spell() -> None:
    formula = "lemma (f : ℝ → ℂ) (a₁ a₂ : α) : ‖f a₁‖ ≤ 10¹² := by simp -- Sᶜ, 𝕜, 𝓝 x"
    spelt = "𝐅𝐑𝐄𝐄 𝐦𝐨𝐧𝐞𝐲"
    spaced = "ℍ 𝕂 𝕏 5 9 4 片"
    odd = judge().texts([formula, spelt, spaced]).text.odd
    assert odd[0] < 1
    assert odd[1] > 3
    assert odd[2] >= 3


def test_signs_for_chinese_are_nothing_in_other_languages() -> None:
    matcher = Matcher([Word("加q", "poaching", 3.0), Word("kys", "abuse", 3.0)])
    text = read(matcher, ["use +q to quiet them", "来聊 +q", "just kys", "k y s"])
    assert [bool(one) for one in text.ads] == [False, True, False, False]
    # A short word of the language itself is one, written as it is.
    assert [bool(one) for one in text.abuse] == [False, False, True, False]


def test_staff_are_trusted() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    crowd.trust([1])
    verdicts = judge().talk(crowd, [AD] * 3, [1] * 3, [5 * DAY_MS] * 3)
    assert not verdicts.junk.any()


def test_the_same_ad_of_three_newcomers_weighs_more() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    text = "新店开业欢迎大家来店里坐坐 www.example.top"
    verdicts = judge().talk(crowd, [text] * 3, [2, 3, 4], [5 * DAY_MS] * 3)
    assert np.diff(verdicts.score).min() > 0
    assert verdicts.parts[Signal.OTHERS_REPEAT].tolist() == [0.0, 1.2, 2.4]


def test_saying_a_harmless_thing_again_is_impatience() -> None:
    crowd = Crowd()
    settled(crowd, 1)
    verdicts = judge().talk(crowd, ["有人知道水温多少合适吗"] * 8, [2] * 8, [5 * DAY_MS] * 8)
    assert not verdicts.junk.any()


def test_batches_do_not_change_the_verdicts() -> None:
    texts = [*TALK * 3, AD, "需要的私聊", AD]
    writers = [n % 4 for n in range(len(texts))]
    times = [n * 1000 for n in range(len(texts))]
    whole = judge().talk(Crowd(), texts, writers, times).score
    crowd = Crowd()
    parts = [
        judge().talk(crowd, [text], [writer], [time]).score[0]
        for text, writer, time in zip(texts, writers, times, strict=True)
    ]
    # What a batch itself says becomes the group's language after the batch, not within it.
    assert np.abs(whole - parts).max() < 1e-9


def test_an_empty_batch_is_no_trouble() -> None:
    assert len(judge().talk(Crowd(), [], [], []).score) == 0
    assert len(judge().texts([]).score) == 0


def test_abuse_is_seen() -> None:
    verdicts = judge().texts(["你这个傻逼滚开，贱人去死", "今天的茶不错", "谢谢大家"])
    assert verdicts.abusive.tolist() == [True, False, False]


def test_decisions_teach_and_do_not_spread() -> None:
    rows = [Decision(f"本店新到岩茶第{n}批 到店有礼", junk=True, score=-2.0) for n in range(8)]
    rows += [Decision(text, junk=False, score=-2.0) for text in TALK]
    taught = Judge(Matcher(starter_words()), fit(rows, shipped("ads")))
    texts = ["本店新到岩茶 到店有礼", "周末一起爬山吗", "早上好大家"]
    before, after = judge().texts(texts).score, taught.texts(texts).score
    assert after[0] > before[0] + 1
    assert abs(after[1] - before[1]) < 0.3
    assert after[2] <= before[2]


def test_the_order_of_decisions_does_not_matter() -> None:
    rows = [Decision(AD, junk=True, score=0.0), Decision("早上好", junk=False, score=0.0)] * 3
    assert np.array_equal(fit(rows).weights, fit(rows[::-1]).weights)


def test_one_kind_alone_teaches_nothing() -> None:
    learned = fit([Decision(AD, junk=True, score=0.0)])
    assert np.array_equal(learned.weights, nothing().weights)
    assert (learned.junk, learned.fine) == (1, 0)


def test_the_lesson_can_be_read() -> None:
    rows = [Decision("到店有礼", junk=True, score=0.0), Decision("水温多少", junk=False, score=0.0)]
    said = dict(lesson(fit(rows), [row.text for row in rows]))
    assert min(says for run, says in said.items() if run in "到店有礼") > 0
    assert max(says for run, says in said.items() if run in "水温多少") < 0


def test_a_lesson_says_one_thing_once() -> None:
    rows = [
        Decision("夹企鹅48", junk=True, score=0.0),
        Decision("早上好大家", junk=False, score=0.0),
    ]
    said = [run for run, _weight in lesson(fit(rows), [row.text for row in rows])]
    assert said
    assert not [(one, other) for one in said for other in said if one != other and one in other]
    assert max(map(len, said)) == 3
