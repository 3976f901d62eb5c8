"""Where a request came from, with proxies in front and without."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from weilu.core.callers import caller_of


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        # Without a proxy of ours, whatever is said is made up.
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        # What stands before our proxies' own words is what the caller says.
        (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "unknown", "192.0.2.1"),
        (1, "'; DROP TABLE", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: LazySettings, proxies: int, forwarded: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    said = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/")
    request.META |= {"REMOTE_ADDR": "192.0.2.1", **said}
    assert caller_of(request) == found
