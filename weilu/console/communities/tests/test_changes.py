"""What became of people and talk since the period before, in words that are said."""

from __future__ import annotations

import pytest
from django.utils import translation

from weilu.console.communities.words import _messages_words, _people_words


@pytest.mark.parametrize(
    ("now", "before", "english", "chinese"),
    [
        (109, 100, "9 % more people spoke", "说话的人多了 9 %"),
        (50, 100, "50 % fewer people spoke", "说话的人少了 50 %"),
        (250, 100, "2.5 times as many people spoke", "说话的人是之前的 2.5 倍"),
        (5, 5, "as many people spoke", "说话的人没变"),
        (5, 0, "people spoke, and nobody before", "有人说话了，之前没有"),
    ],
)
def test_people(now: int, before: int, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert _people_words(now, before).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("now", "before", "english", "chinese"),
    [
        (73, 100, "27 % fewer messages were written", "消息少了 27 %"),
        (7, 7, "as many messages were written", "消息没变"),
        (7, 0, "messages were written, and none before", "有了消息，之前没有"),
    ],
)
def test_messages(now: int, before: int, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert _messages_words(now, before).replace("\u00a0", " ") == words
