"""A session of a WeCom application: groups and members read, mass messages and join ways made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import msgspec

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Done, Fate, Inbox, Order, Parcel, ReadsBack, Receipt
from weilu.chat.ports.records import ChatRef, Platform
from weilu.chat.ports.sessions import WITHDRAWN, Person, Step
from weilu.connectors.reaching import A_WHILE
from weilu.connectors.wecom import decode
from weilu.connectors.wecom.api import Api
from weilu.connectors.wecom.doctor import examined
from weilu.connectors.wire import mapping, rows, text
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp, TryLater, Unsure

# How often callbacks, results of tasks and the whole list are looked at.
ROUND_S, TASKS_S, ALL_S = 2.0, 60.0, 1800.0
# How often a list that is behind its callback is read again.
LOOKS = 5
TEXT_BYTES = 4000
TASKS, STATE = "tasks", "weilu"
TASK_DAYS_MS = 30 * 86_400_000
_PAGE = 1000
STATE_CHARS = 30
ROOM_CHARS = 40
# WeCom lets an owner be reminded of a task three times in a day; by China's clock, not at night.
REMIND_MS, REMINDERS = 4 * 3_600_000, 3
CHINA, DAYTIME = 8, range(9, 21)


class Task(msgspec.Struct, frozen=True):
    """A mass message that somebody has to confirm."""

    id: str
    owner: str
    since_ms: int
    reminders: int = 0
    reminded_ms: int = 0


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[WeComSession]:
    """A session; raises GivenUp `unauthorised` for a company or secret that is not accepted."""
    async with aiohttp.ClientSession(trust_env=False) as http:
        api = Api(http, config.settings["company"], config.settings["secret"])
        await api.fetch_token("")
        tasks = msgspec.json.decode(config.cursor.get(TASKS, "[]"), type=list[Task])
        yield WeComSession(api, dict(config.cursor), tasks)


@dataclass(slots=True)
class WeComSession:
    """What a company's application sees and does."""

    api: Api
    cursor: dict[str, str]
    tasks: list[Task]
    inbox: Inbox | None = None
    owners: dict[str, str] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    # Sending found out that the secret is good no more: whoever listens says so.
    is_refused: bool = False
    # WeCom puts the newcomer's name here.
    welcome_name: str = "%NICKNAME%"

    async def listen(self, inbox: Inbox) -> None:
        """Read all groups, then those that callbacks name; from time to time all of them again."""
        self.inbox = inbox
        loop = asyncio.get_running_loop()
        all_due = tasks_due = loop.time()
        while True:
            if self.is_refused:
                raise GivenUp("unauthorised")
            rung = await inbox.cursor() if isinstance(inbox, ReadsBack) else {}
            if loop.time() >= all_due:
                await self._read([one.key for one in await self.groups()], rung)
                all_due = loop.time() + ALL_S
            await self._read(self._changed(rung), rung)
            if loop.time() >= tasks_due:
                await self._forget_withdrawn(rung)
                await self._ask_tasks()
                tasks_due = loop.time() + TASKS_S
            await asyncio.sleep(ROUND_S)

    def _changed(self, rung: Mapping[str, str]) -> list[str]:
        """The groups that callbacks named since they were read."""
        marks = (
            (k.removeprefix(decode.RUNG), v) for k, v in rung.items() if k.startswith(decode.RUNG)
        )
        return [chat for chat, mark in marks if self.cursor.get("read:" + chat) != mark]

    async def _read(self, chats: Sequence[str], rung: Mapping[str, str]) -> None:
        """Hand in who is in these groups, and how far each is read."""
        for chat in chats:
            mark = {"read:" + chat: rung.get(decode.RUNG + chat, "")}
            arrivals = []
            try:
                group = await self._group(chat)
            except GivenUp as error:
                # One group that the application may not see any more must not stop the others.
                if str(error) == "unauthorised":
                    raise
            else:
                version = decode.VERSION + chat
                mark[version] = str(group.get("member_version") or now_ms())
                if self.cursor.get(version) != mark[version]:
                    arrivals = decode.joins_of(group)
                if self._is_behind(chat, mark):
                    del mark["read:" + chat]
            if self.inbox is not None and not mark.items() <= self.cursor.items():
                await self.inbox.put(Parcel(arrivals=arrivals, cursor=mark))
                self.cursor.update(mark)

    def _is_behind(self, chat: str, mark: Mapping[str, str]) -> bool:
        """Whether the list is older than the callback says: WeCom brings it up a little later."""
        wanted = mark["read:" + chat].rpartition("-")[2]
        tries = self.behind.get(chat, 0)
        if not wanted or wanted == mark[decode.VERSION + chat] or tries >= LOOKS:
            self.behind.pop(chat, None)
            return False
        self.behind[chat] = tries + 1
        return True

    async def _group(self, chat: str) -> Mapping[str, object]:
        answer = await self.api.call(
            "externalcontact/groupchat/get", {"chat_id": chat, "need_name": 1}
        )
        group = answer.get("group_chat")
        if not isinstance(group, Mapping):
            raise TryLater("bad_answer", after=A_WHILE)
        self.owners[chat] = str(group.get("owner", ""))
        return group

    async def groups(self) -> Sequence[ChatRef]:
        """The customer groups that the application may see."""
        found: list[ChatRef] = []
        cursor = ""
        while True:
            body = {"status_filter": 0, "limit": _PAGE, "cursor": cursor}
            answer = await self.api.call("externalcontact/groupchat/list", body)
            found += [
                ChatRef(Platform.WECOM, text(one, "chat_id"), "")
                for one in rows(answer.get("group_chat_list"))
                if text(one, "chat_id")
            ]
            following = str(answer.get("next_cursor") or "")
            if not following or following == cursor:
                return found
            cursor = following

    async def members(self, group: str) -> Sequence[Person]:
        """Who is in a group; the application itself never is."""
        return decode.people_of(await self._group(group))

    async def invite_link(self, group: str, mark: str = "") -> str:
        """The address of a QR code that lets into the group and does not expire.

        `mark` becomes the state of the join way; WeCom tells it of everybody who comes by it.
        """
        return await self._join_way(group, mark, {"auto_create_room": 0})

    async def lasting_link(self, group: str, mark: str, name: str, number: int) -> str:
        """As `invite_link`; when the group is full WeCom opens the next, called by this name."""
        following = {
            "auto_create_room": 1,
            "room_base_name": name[:ROOM_CHARS],
            "room_base_id": number,
        }
        return await self._join_way(group, mark, following)

    async def _join_way(self, group: str, mark: str, following: Mapping[str, object]) -> str:
        state = mark[:STATE_CHARS] or STATE
        way = {"scene": 2, "chat_id_list": [group], "state": state, **following}
        path = "externalcontact/groupchat/"
        made = await self.api.call(path + "add_join_way", way)
        shown = await self.api.call(path + "get_join_way", {"config_id": made.get("config_id", "")})
        return text(mapping(shown, "join_way"), "qr_code")

    async def keep_welcome(self, text: str, known: str) -> str:
        """Keep a welcome template of the company; owners choose it for their groups in WeCom."""
        content = {"text": {"content": text}}
        path = "externalcontact/group_welcome_template/"
        if known:
            try:
                await self.api.call(path + "edit", {"template_id": known, **content})
            except GivenUp as error:
                if str(error) not in {"gone", "not_possible"}:
                    raise
            else:
                return known
        made = await self.api.call(path + "add", {**content, "notify": 1}, says=True)
        return str(made.get("template_id") or "")

    async def send(self, order: Order) -> Done:
        """Make a task for the group's owner, who confirms it in WeCom.

        A secret that is no longer good is the connection's trouble, not the order's.
        """
        try:
            return await self._made(order)
        except GivenUp as error:
            if str(error) == "unauthorised":
                self.is_refused = True
                raise TryLater("unauthorised", after=timedelta(minutes=1)) from None
            raise

    async def _made(self, order: Order) -> Done:
        if len(order.text.encode()) > TEXT_BYTES:
            raise GivenUp("too_long")
        if order.group not in self.owners:
            await self._group(order.group)
        owner = self.owners[order.group]
        body: dict[str, object] = {
            "chat_type": "group", "sender": owner, "chat_id_list": [order.group],
        }  # fmt: skip
        if order.text:
            body["text"] = {"content": order.text}
        if order.picture is not None:
            media = await self.api.upload(order.picture)
            body["attachments"] = [{"msgtype": "image", "image": {"media_id": media}}]
        answer = await self.api.call("externalcontact/add_msg_template", body, says=True)
        task = str(answer.get("msgid") or "")
        failed = answer.get("fail_list")
        if isinstance(failed, list) and order.group in failed:
            raise GivenUp("not_possible")
        if not task:
            raise Unsure("bad_answer")
        await self._keep([*self.tasks, Task(task, owner, now_ms())])
        return Done(task, awaits_person=True)

    async def withdraw(self, task: str) -> None:
        """Cancel a task; raises GivenUp `gone` for one that is settled, `too_old` for one sent."""
        known = next((one for one in self.tasks if one.id == task), None)
        if known is None:
            raise GivenUp("gone")
        await self.api.call("externalcontact/cancel_groupmsg_send", {"msgid": task})
        # The owner may have confirmed it in the moment before.
        answer = await self._result(known)
        if answer is not None and answer.fate == Fate.SENT:
            raise GivenUp("too_old")

    async def _forget_withdrawn(self, rung: Mapping[str, str]) -> None:
        """Follow the tasks no more that were taken back: nobody is to be reminded of them."""
        withdrawn = set(rung.get(WITHDRAWN, "").split())
        kept = [one for one in self.tasks if one.id not in withdrawn]
        if len(kept) < len(self.tasks):
            await self._keep(kept)

    async def _keep(self, tasks: list[Task], receipts: Sequence[Receipt] = ()) -> None:
        self.tasks = tasks
        if self.inbox is not None:
            said = msgspec.json.encode(tasks).decode()
            await self.inbox.put(Parcel(receipts=receipts, cursor={TASKS: said}))

    async def _ask_tasks(self) -> None:
        """What became of the tasks that wait for somebody."""
        receipts, open_tasks = [], []
        for task in list(self.tasks):
            receipt = await self._result(task)
            if receipt is not None:
                receipts.append(receipt)
            else:
                open_tasks.append(await self._reminded(task))
        # Tasks that were made meanwhile stand behind those that were looked at.
        later = self.tasks[len(receipts) + len(open_tasks) :]
        if receipts or [*open_tasks, *later] != self.tasks:
            await self._keep([*open_tasks, *later], receipts)

    async def _reminded(self, task: Task) -> Task:
        """The task, after its owner was reminded of it if that is due: by day, at most thrice."""
        moment = now_ms()
        waits = moment - max(task.since_ms, task.reminded_ms)
        hour = (moment // 3_600_000 + CHINA) % 24
        if waits < REMIND_MS or task.reminders >= REMINDERS or hour not in DAYTIME:
            return task
        with suppress(GivenUp):
            await self.api.call("externalcontact/remind_groupmsg_send", {"msgid": task.id})
        return msgspec.structs.replace(task, reminders=task.reminders + 1, reminded_ms=moment)

    async def _result(self, task: Task) -> Receipt | None:
        body = {"msgid": task.id, "userid": task.owner, "limit": _PAGE}
        found = None
        try:
            answer = await self.api.call("externalcontact/get_groupmsg_send_result", body)
            found = decode.receipt_of(task.id, rows(answer.get("send_list")), now_ms())
        except GivenUp as error:
            # A call that is refused says nothing about the task: its owner may still confirm it.
            if str(error) == "unauthorised":
                raise
            if str(error) == "gone":
                return Receipt(task.id, Fate.EXPIRED, now_ms())
        if found is None and now_ms() - task.since_ms > TASK_DAYS_MS:
            return Receipt(task.id, Fate.EXPIRED, now_ms())
        return found

    async def examine(self) -> Sequence[Step]:
        """Whether groups are seen, and whether callbacks come."""
        has_rung = any(key.startswith(decode.RUNG) for key in self.cursor)
        has_echoed = decode.ECHOED in self.cursor
        return await examined(self.groups(), has_rung=has_rung, has_echoed=has_echoed)
