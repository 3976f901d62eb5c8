"""Sentences of expected failures are said in the language of whoever reads them."""

from __future__ import annotations

from django.urls import get_resolver
from django.utils.functional import Promise
from django.utils.translation import override

from weilu.console.sentences import SENTENCES, sentence


def test_no_sentence_is_translated_before_somebody_reads() -> None:
    assert get_resolver().url_patterns  # every page package has added its own
    assert [code for code, said in SENTENCES.items() if not isinstance(said, Promise)] == []


def test_the_reader_decides_the_language() -> None:
    assert get_resolver().url_patterns
    with override("en"):
        english = sentence("nothing_picked")
    with override("zh-hans"):
        chinese = sentence("nothing_picked")
    assert (english, chinese) == ("Choose at least one account first.", "请先勾选至少一个账号。")
