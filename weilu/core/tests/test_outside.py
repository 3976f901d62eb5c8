"""Addresses for people outside."""

from __future__ import annotations

import pytest
from django.urls import clear_url_caches, get_resolver
from pytest_django import Settings

from weilu.core.outside import outside, prepare


@pytest.mark.parametrize("base", ["", "https://tea.example.org"])
def test_the_table_is_read_before_the_first_address_where_one_is_asked_for(
    settings: Settings, base: str
) -> None:
    settings.PUBLIC_URL = base
    clear_url_caches()
    prepare()
    is_read: bool = vars(get_resolver())["_populated"]
    assert is_read is bool(base)
    assert outside("rules", "abc") == (f"{base}/r/abc/" if base else "")
