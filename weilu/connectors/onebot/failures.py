"""OneBot failures as ours: what may be tried again, what never will, what nobody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weilu.chat.ports.orders import FAULTS
from weilu.connectors.reaching import wait_of
from weilu.connectors.wire import Json, number, text
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

A_WHILE = timedelta(seconds=10)
_LOGGED_OUT = timedelta(minutes=1)
# Numbers of HTTP that OneBot puts 1000 on in answers over WebSockets.
_STATUS = {400: "not_possible", 401: "unauthorised", 403: "unauthorised", 404: "not_possible"}
# Words of NapCat, LLOneBot and QQ in answers that have no number of their own for it.
_SAID = (
    (("不在群", "not in group", "not in the group", '"result":110', "已退出该群"), "not_in_group"),
    (("权限", "permission", "not admin", "not_admin", "no right", '"result":120', "禁言"),
     "no_rights"),
    (("不存在", "not found", "not exist", "msg_not_found", "已撤回", "already",
      "已被处理", "已处理"), "gone"),
    (("超过2分钟", "too old", "已过期"), "too_old"),
    (("too long", "过长", "too large"), "too_long"),
    (("频繁", "frequency", "too many", "风控"), "rate_limited"),
    (("offline", "未登录", "掉线"), "signed_out"),
)  # fmt: skip


def result_of(answer: Json, *, says: bool) -> Any:
    """The data of an answer; raises what its failure means."""
    if text(answer, "status") in {"ok", "async"} and number(answer, "retcode") in {0, 1}:
        return answer.get("data")
    if "retcode" not in answer and text(answer, "status") != "failed":
        raise Unsure("bad_answer") if says else TryLater("bad_answer", after=A_WHILE)
    raise meaning(number(answer, "retcode"), _words(answer), says=says)


def meaning(code: int, words: str, *, says: bool) -> WeiluError:
    """Our error for a refusal."""
    if code - 1000 in _STATUS:
        return of_status(code - 1000, says=says)
    if "timeout" in words or "超时" in words:
        # QQ's own client heard nothing back: it may be there all the same.
        return Unsure("timeout") if says else TryLater("timeout", after=A_WHILE)
    if words in FAULTS:
        return _error(words)
    for signs, fault in _SAID:
        if any(one in words for one in signs):
            return _error(fault)
    return GivenUp("not_possible")


def of_status(status: int, *, says: bool, after: str = "") -> WeiluError:
    """Our error for a number of HTTP."""
    if status == 429:
        return TryLater("rate_limited", after=wait_of(after, A_WHILE))
    if status in _STATUS:
        return _error(_STATUS[status])
    # A gateway in between may have passed it on before it failed.
    return Unsure("timeout") if says else TryLater("platform_down", after=A_WHILE)


def _error(fault: str) -> WeiluError:
    """An account that is signed out, or told to slow down, comes back."""
    passing = {
        "unauthorised", "signed_out", "rate_limited", "unreachable", "timeout", "platform_down",
    }  # fmt: skip
    return TryLater(fault, after=_LOGGED_OUT) if fault in passing else GivenUp(fault)


def _words(answer: Json) -> str:
    found = (text(answer, key) for key in ("message", "msg", "wording"))
    return " ".join(filter(None, found)).casefold()
