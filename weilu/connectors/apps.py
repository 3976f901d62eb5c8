"""Django's entry for the connectors: fills the registry of formats."""

from __future__ import annotations

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Puts every known chat-export format and every platform into `chat.ports`, once."""

    name = "weilu.connectors"
    label = "connectors"

    def ready(self) -> None:
        """Register formats and platforms; safe to be called again."""
        from weilu.chat.ports import DEMO, FORMATS  # noqa: PLC0415 needs the apps loaded
        from weilu.chat.ports.connectors import CONNECTORS  # noqa: PLC0415 as above
        from weilu.connectors.by_hand.capabilities import ALL_BY_HAND  # noqa: PLC0415 as above
        from weilu.connectors.demo import plan  # noqa: PLC0415 - as above
        from weilu.connectors.demo.shop import tea_shop  # noqa: PLC0415 as above
        from weilu.connectors.formats.claiming import claim  # noqa: PLC0415 as above
        from weilu.connectors.formats.forcing import Forced  # noqa: PLC0415 as above
        from weilu.connectors.formats.opening import entries  # noqa: PLC0415 as above
        from weilu.connectors.formats.registry import ALL_FORMATS  # noqa: PLC0415 as above
        from weilu.connectors.platforms import ALL_CONNECTORS  # noqa: PLC0415 as above

        for one in ALL_FORMATS:
            if one.name not in FORMATS.formats:
                FORMATS.add(one)
        for connector in ALL_CONNECTORS:
            if connector.name not in CONNECTORS.connectors:
                CONNECTORS.add(connector)
        CONNECTORS.by_hand = ALL_BY_HAND
        FORMATS.open = lambda paths: claim(entries(paths))
        FORMATS.open_as = lambda paths, name: claim(entries(paths), [Forced(FORMATS.formats[name])])
        DEMO.tell = tea_shop
        DEMO.canvas = plan.CANVAS
        DEMO.rules = (plan.INTRO, plan.RULES, plan.CONTACT)
