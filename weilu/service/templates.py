"""What platforms greet newcomers with by themselves (H-1): kept there as the greeting says it.

WeCom's customer groups are greeted by a template of the company, which an owner chooses once for a
group; a message for every newcomer would be a task to confirm, and there are few in a month.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from weilu.chat.live.errands import in_session
from weilu.chat.ports.connectors import CONNECTORS, GreetsItself
from weilu.chat.ports.sessions import KeepsWelcome, Session
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import GivenUp
from weilu.core.jobs import job, schedule
from weilu.core.models import Job
from weilu.core.outside import outside
from weilu.groups.models import Connection
from weilu.service.models import Greeting, WelcomeTemplate
from weilu.service.rules.greeting import greeting


def has_own_greeting(connector: str) -> bool:
    """Whether the platform of a connector greets by itself."""
    kind = CONNECTORS.connectors.get(connector)
    return isinstance(kind, GreetsItself) and kind.greets_itself


def keep_templates(community: Community) -> None:
    """Have the platforms of a community that greet by themselves take up what changed."""
    rows = Connection.objects.filter(community=community, is_on=True).order_by("pk")
    for one in rows.only("pk", "connector", "workspace_id"):
        if has_own_greeting(one.connector):
            schedule("keep_welcome", workspace_id=one.workspace_id, key=str(one.pk))


def templates_of(viewer: Actor, community: Community) -> list[WelcomeTemplate]:
    """What is kept at the platforms of a community."""
    viewer.require(Right.SEE_NUMBERS)
    rows = WelcomeTemplate.objects.filter(
        connection__community=community, connection__workspace_id=viewer.workspace_id
    )
    return list(rows.select_related("connection").order_by("pk"))


def greeted_there(connection_ids: Collection[int | None]) -> set[int]:
    """Connections whose platform greets by itself now."""
    rows = WelcomeTemplate.objects.filter(connection_id__in=list(connection_ids), fault="")
    return set(rows.exclude(template="").values_list("connection_id", flat=True))


@job("keep_welcome")
def keep_welcome(one: Job) -> datetime | None:
    """Write a community's greeting into the platform's template; the same again changes nothing."""
    connection = Connection.objects.filter(pk=int(one.key), workspace_id=one.workspace_id).first()
    community = connection.community if connection is not None else None
    if connection is None or community is None:
        return None
    words = Greeting.objects.filter(community=community, group=None, source="", is_on=True).first()
    if words is None:
        return None
    kept = WelcomeTemplate.objects.filter(connection=connection).first()
    filled = {
        "{community}": community.name,
        "{rules}": outside("rules", community.code),
    }

    async def keep(session: Session) -> tuple[str, str]:
        if not isinstance(session, KeepsWelcome):
            raise GivenUp("not_possible")
        name = session.welcome_name
        text = greeting(words.text, words.label, [name], _(" and {count} more"), filled)
        if kept is not None and kept.text == text and kept.template and not kept.fault:
            return kept.template, text
        return await session.keep_welcome(text, kept.template if kept else ""), text

    fault, template, text = "", kept.template if kept else "", ""
    try:
        template, text = in_session(connection, keep)
    except GivenUp as error:
        # Nothing a second try would change; the page says it.
        fault = str(error)[:40]
    WelcomeTemplate.objects.update_or_create(
        connection=connection,
        defaults={"template": template, "text": text[:4000], "fault": fault, "at": now()},
    )
    return None
