"""What is possible in WeCom customer groups, from its documentation (2025-11 to 2026-01)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability, Capability, Limit, Scope, Support

_DOC = "https://developer.work.weixin.qq.com/document/path/"
_MASS = Capability(
    Ability.SEND_TEXT,
    Support.CONFIRMED,
    date(2025, 11, 17),
    _DOC + "92135",
    _("A task for the group's owner, who confirms it in WeCom. The company may set fewer."),
    (Limit(28, 28 * 86_400), Limit(10_000, 60, Scope.CONNECTION)),
)


def _row(ability: Ability, support: Support, path: str, condition: str = "") -> Capability:
    return Capability(ability, support, date(2026, 1, 5), _DOC + path, condition)


_IN_APP = _("WeCom has no interface for it: somebody does it in the app.")
CAPABILITIES = (
    _row(
        Ability.RECEIVE,
        Support.IMPOSSIBLE,
        "91774",
        _("Only with WeCom's paid archive and the consent of members; Weilu does not read it."),
    ),
    _row(Ability.MEMBERSHIP, Support.AUTOMATIC, "92277"),
    _MASS,
    Capability(
        Ability.SEND_PICTURE,
        _MASS.support,
        _MASS.as_of,
        _MASS.source,
        _MASS.condition,
        _MASS.limits,
    ),
    _row(Ability.RECALL, Support.BY_HAND, "92135", _IN_APP),
    _row(Ability.MUTE, Support.BY_HAND, "92120", _IN_APP),
    _row(Ability.REMOVE, Support.BY_HAND, "92120", _IN_APP),
    _row(Ability.BAN, Support.BY_HAND, "92120", _IN_APP),
    _row(Ability.ANNOUNCE, Support.BY_HAND, "92120", _IN_APP),
    _row(Ability.APPROVE, Support.BY_HAND, "92120", _IN_APP),
    _row(Ability.MEMBER_LIST, Support.AUTOMATIC, "92122"),
    _row(Ability.HISTORY, Support.IMPOSSIBLE, "91774", _("Messages of members cannot be read.")),
    _row(Ability.INVITE_LINK, Support.AUTOMATIC, "99547"),
)
