"""People in a room of a real Synapse, as the tests need them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.parse import quote

from weilu.connectors.matrix.tests.homeserver import Homeserver

_NUMBERS = itertools.count(1)
_PATIENCE_S = 120.0
_CLIENT = "/_matrix/client/v3"


@dataclass
class Visitor:
    """Somebody with an account."""

    server: Homeserver
    name: str
    user_id: str = field(init=False)
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.user_id, self.token = self.server.account(f"{self.name}{next(_NUMBERS)}")

    def call(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """A request as this person."""
        return self.server.call(method, _CLIENT + path, body, self.token)

    def join(self, room: str) -> None:
        self.call("POST", f"/join/{quote(room)}")

    def leave(self, room: str) -> None:
        self.call("POST", f"/rooms/{quote(room)}/leave")

    def knock(self, room: str, words: str) -> None:
        self.call("POST", f"/knock/{quote(room)}", {"reason": words})

    def rename(self, room: str, name: str) -> None:
        """Take another name; done when the room shows it, which a busy server lets wait."""
        self.call("PUT", f"/profile/{quote(self.user_id)}/displayname", {"displayname": name})
        patience = time.monotonic() + _PATIENCE_S
        while self.state(room, "m.room.member", self.user_id).get("displayname") != name:
            assert time.monotonic() < patience, "the room does not show the new name"
            time.sleep(0.05)

    def say(self, room: str, text: str, **more: object) -> str:
        """Write into a room; the event's id. Raises HTTPError 403 when muted."""
        content = {"msgtype": "m.text", "body": text, **more}
        path = f"/rooms/{quote(room)}/send/m.room.message/t{time.monotonic_ns()}"
        return str(self.call("PUT", path, content)["event_id"])

    def put_out(self, room: str, who: Visitor) -> None:
        self.call("POST", f"/rooms/{quote(room)}/kick", {"user_id": who.user_id})

    def invite(self, room: str, who: Visitor) -> None:
        self.call("POST", f"/rooms/{quote(room)}/invite", {"user_id": who.user_id})

    def open(self, **more: object) -> str:
        """A new room of this person; its id."""
        return str(self.call("POST", "/createRoom", more)["room_id"])

    def membership(self, room: str, who: Visitor) -> str:
        return str(self.state(room, "m.room.member", who.user_id)["membership"])

    def may_say(self, room: str, text: str = "May I?") -> bool:
        """Whether the server lets this person write."""
        try:
            self.say(room, text)
        except HTTPError as error:
            if error.code == 403:
                return False
            raise
        return True

    def event(self, room: str, event_id: str) -> dict[str, object]:
        """An event as the server shows it now."""
        return self.call("GET", f"/rooms/{quote(room)}/event/{quote(event_id)}")

    def state(self, room: str, kind: str, key: str = "") -> dict[str, object]:
        """A piece of the room's state."""
        return self.call("GET", f"/rooms/{quote(room)}/state/{kind}/{quote(key)}")

    def put_state(self, room: str, kind: str, content: object) -> None:
        self.call("PUT", f"/rooms/{quote(room)}/state/{kind}/", content)

    def messages(self, room: str) -> list[dict[str, object]]:
        """The newest events of a room, newest first."""
        found = self.call("GET", f"/rooms/{quote(room)}/messages?dir=b&limit=200")
        chunk = found["chunk"]
        assert isinstance(chunk, list)
        return chunk


def open_room(owner: Visitor, moderator: Visitor, name: str = "Tea lovers") -> str:
    """A public room in which `moderator` has the rights of a moderator."""
    room = owner.open(name=name, preset="public_chat")
    moderator.join(room)
    levels = owner.state(room, "m.room.power_levels")
    users = levels["users"]
    assert isinstance(users, dict)
    # Changing power levels takes 100 in a room as Synapse makes it.
    owner.put_state(
        room, "m.room.power_levels", {**levels, "users": {**users, moderator.user_id: 99},
        "events": {"m.room.power_levels": 50, "m.room.topic": 50}},
    )  # fmt: skip
    return room
