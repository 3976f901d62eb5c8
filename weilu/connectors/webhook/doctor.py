"""The doctor of webhooks: whether events have come, and whether orders are taken."""

from __future__ import annotations

from collections.abc import Awaitable

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.sessions import Step, StepState
from weilu.core.errors import WeiluError

_MENDS = {
    "unreachable": _("Nobody answers at the address for orders. Is it right, and is it running?"),
    "timeout": _("The address for orders does not answer within 20 seconds."),
    "unauthorised": _("The other system does not accept the signature. Compare the secret."),
    "bad_setting": _(
        "Orders go to https addresses on the internet only. For one in your own network set"
        " WEILU_WEBHOOKS_PRIVATE=true."
    ),
}
_ELSE = _(
    "The other system refuses the order of type ping (%(fault)s). It should answer it with 200."
)


async def steps(ping: Awaitable[object] | None, *, has_heard: bool) -> list[Step]:
    """Two steps: events in, orders out. `ping` is a test order, None when orders are fetched."""
    return [_in(has_heard=has_heard), await _out(ping)]


def _in(*, has_heard: bool) -> Step:
    name = _("Receive events")
    if has_heard:
        return Step(name, StepState.FINE, abilities=(Ability.RECEIVE, Ability.MEMBERSHIP))
    mend = _("No event has come yet. Try the curl example of the documentation.")
    return Step(name, StepState.WARNING, mend)


async def _out(ping: Awaitable[object] | None) -> Step:
    if ping is None:
        mend = _("No address is set: orders wait until the other system fetches them.")
        return Step(_("Hand orders over"), StepState.SKIPPED, mend)
    name = _("Post orders")
    try:
        await ping
    except WeiluError as error:
        mend = _MENDS.get(str(error), _ELSE)
        return Step(name, StepState.FAILED, mend, {"fault": str(error)})
    return Step(name, StepState.FINE)
