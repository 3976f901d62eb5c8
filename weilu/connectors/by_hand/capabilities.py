"""What people can do in the apps of each platform, with date and source (2026-11).

Personal WeChat, Weibo, Douban and Taobao groups have no interface at all: plug-ins are against
their terms. There everything is a hand task; what not even a person can do says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Support
from weilu.chat.ports.records import Platform

_AS_OF = date(2026, 11, 1)
_APP = _("By hand, in the app.")
_EVERYTHING = tuple(Ability)
_EXCEPT: dict[Platform, tuple[tuple[Ability, str], ...]] = {
    Platform.WECHAT: (
        (Ability.MUTE, _("WeChat groups have no mute: a word in private, or removal, is left.")),
        (Ability.RECALL, _("Only whoever wrote a message can take it back, within two minutes.")),
        (Ability.BAN, _("There is no ban: turn on approval of invitations instead.")),
    ),
    Platform.WECOM: (
        (Ability.MUTE, _("Customer groups have no mute: warn, or remove.")),
        (Ability.RECALL, _("Only whoever wrote a message can take it back, within two minutes.")),
    ),
    Platform.WHATSAPP: (
        (Ability.MUTE, _("Only the whole group can be set so that only admins write.")),
        (Ability.BAN, _("There is no ban: reset the invite link instead.")),
    ),
    Platform.LINE: (
        (Ability.MUTE, _("LINE groups have no mute.")),
        (Ability.RECALL, _("Only whoever wrote a message can take it back.")),
    ),
    Platform.SIGNAL: (
        (Ability.MUTE, _("Only the whole group can be set so that only admins write.")),
    ),
}


def by_hand(platform: Platform) -> tuple[Capability, ...]:
    """What a person can do in a group of the platform."""
    except_for = dict(_EXCEPT.get(platform, ()))
    return tuple(_rows(except_for))


def _rows(except_for: dict[Ability, str]) -> Iterable[Capability]:
    for ability in _EVERYTHING:
        reason = except_for.get(ability)
        support = Support.IMPOSSIBLE if reason else Support.BY_HAND
        yield Capability(ability, support, _AS_OF, "", reason or _APP)


ALL_BY_HAND = {platform: by_hand(platform) for platform in Platform}
