"""What the doctor of WeCom says: of what was refused, and of callbacks."""

from __future__ import annotations

import pytest

from weilu.chat.ports.orders import FAULTS
from weilu.chat.ports.sessions import Step, StepState
from weilu.connectors.wecom.session import WeComSession
from weilu.connectors.wecom.tests.test_session import do, shop


def examined(
    monkeypatch: pytest.MonkeyPatch, *fails: int, kept: dict[str, str] | None = None
) -> list[Step]:
    wecom = shop()
    wecom.fails = list(fails)

    async def story(one: WeComSession) -> list[Step]:
        return list(await one.examine())

    found: list[Step] = do(wecom, monkeypatch, story, kept or {})
    return found


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (48002, "may not see customer groups"), (41063, "may not see customer groups"),
        (60020, "not_let_in"), (45009, "rate_limited"), (-1, "platform_down"),
    ],
)  # fmt: skip
def test_what_was_refused_is_said_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, code: int, says: str
) -> None:
    step = examined(monkeypatch, code)[1]
    assert step.state == StepState.FAILED
    assert says in step.mend
    # A bare code is one that pages have words for.
    assert step.mend in FAULTS or "customer groups" in step.mend


def test_callbacks_that_never_came_were_tried_or_came(monkeypatch: pytest.MonkeyPatch) -> None:
    never = examined(monkeypatch)[2]
    assert (never.state, "Enter address" in never.mend) == (StepState.WARNING, True)
    tried = examined(monkeypatch, kept={"echoed": "1"})[2]
    assert (tried.state, "no event has come" in tried.mend) == (StepState.WARNING, True)
    came = examined(monkeypatch, kept={"echoed": "1", "rung:g1": "5-add_member-v1"})[2]
    assert (came.state, came.mend) == (StepState.FINE, "")
