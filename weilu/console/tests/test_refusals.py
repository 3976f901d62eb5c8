"""Forms refuse in the words of the house, not in those of the framework."""

from __future__ import annotations

from django import forms
from django.utils.translation import override


class Order(forms.Form):
    """One of each kind of field that console forms have."""

    name = forms.CharField(max_length=3)
    mail = forms.EmailField()
    pieces = forms.IntegerField(min_value=1, max_value=9)
    day = forms.DateField()
    size = forms.ChoiceField(choices=[("s", "S")])


def said(**answers: str) -> list[str]:
    """What a form says in Chinese of these answers, in the order of its fields."""
    with override("zh-hans"):
        return [str(text) for texts in Order(answers).errors.values() for text in texts]


def test_what_is_missing_is_asked_for_in_our_words() -> None:
    assert said() == ["这里要填。"] * 5


def test_what_is_wrong_is_said_in_our_words() -> None:
    assert said(name="四个字呢", mail="x", pieces="12", day="soon", size="xl") == [
        "最多 3 个字，现在有 4 个。",
        "这不像邮箱地址，看看有没有打错。",
        "不能大于 9。",
        "日期要像 2026-11-23 这样写。",
        "没有“xl”这个选项，换一个。",
    ]
