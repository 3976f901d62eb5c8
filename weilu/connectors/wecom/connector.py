"""The WeCom connector: its form, its facts, its answers to callbacks."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Answer, Call, Config, Host, Setting, before
from weilu.chat.ports.orders import Parcel
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.opening import opened_by
from weilu.connectors.wecom.capabilities import CAPABILITIES
from weilu.connectors.wecom.crypt import NotGenuine, new_key, new_token, opened
from weilu.connectors.wecom.decode import ECHOED, sealed_in, told

SETTINGS = (
    Setting(
        "company",
        _("Company id (corpid)"),
        _("In WeCom's admin console: My company, at the bottom."),
        placeholder="ww1234567890abcdef",
    ),
    Setting(
        "secret",
        _("Secret of the application"),
        _("An application of your own that customer contact lets call its interface."),
        is_secret=True,
    ),
    Setting("token", _("Callback Token"), is_secret=True, make=new_token),
    Setting("key", "EncodingAESKey", is_secret=True, make=new_key),
)


@dataclass(slots=True)
class WeComConnector:
    """Customer groups of WeCom."""

    name: str = "wecom"
    label: str = "WeCom 企业微信"
    platform: Platform = Platform.WECOM
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # A task that is created twice is two tasks.
    keeps_keys: bool = False
    greets_itself: bool = True
    takes_back: bool = True
    opens_groups: bool = True
    made_help: str = _(
        "Enter all three in WeCom's admin console: the application, Receive messages, Set API"
        " receiving. WeCom tries the address when you save it there. Then choose the events of"
        " customer groups."
    )

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of the application."""
        return opened_by("weilu.connectors.wecom.session", config)

    def answer(self, config: Config, call: Call) -> Answer:
        """The echo when the address is entered, then callbacks; what is not genuine gets 403."""
        is_echo = call.method == "GET"
        sealed = call.query.get("echostr", "") if is_echo else sealed_in(call.body)
        text = _opened(config, call, sealed)
        if text is None:
            return Answer(status=403)
        if is_echo:
            return Answer(body=text.encode(), parcel=Parcel(cursor={ECHOED: "1"}))
        return Answer(parcel=told(text))


def _opened(config: Config, call: Call, sealed: str) -> str | None:
    """What was sealed with the keys in force, or those before them."""
    for names in (("token", "key"), (before("token"), before("key"))):
        token, key = (config.settings.get(name, "") for name in names)
        try:
            return opened(token, key, config.settings["company"], call.query, sealed)
        except NotGenuine:
            continue
    return None
