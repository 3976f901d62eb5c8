"""Who may do what (handbook I-1): roles, rights, and the actor every action and query takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from weilu.core.errors import NotAllowed


class Role(StrEnum):
    """What a person is in a workspace, from most to least rights."""

    OWNER = "owner"
    MANAGER = "manager"
    OPERATOR = "operator"
    ANALYST = "analyst"


class Right(StrEnum):
    """One thing a role may do; every action names the one it needs."""

    SEE_NUMBERS = "see_numbers"
    SEE_MEMBERS = "see_members"
    IMPORT = "import"
    EDIT_MEMBERS = "edit_members"
    EDIT_GROUPS = "edit_groups"
    PLAN = "plan"
    HANDLE_FINDINGS = "handle_findings"
    MODERATE = "moderate"
    SEND = "send"
    EXPORT = "export"
    INVITE = "invite"
    SEE_FAILURES = "see_failures"
    CONNECT = "connect"
    OVERRIDE = "override"
    EDIT_WORKSPACE = "edit_workspace"
    ERASE = "erase"


_ANALYST = frozenset({Right.SEE_NUMBERS, Right.SEE_MEMBERS, Right.EXPORT})
_OPERATOR = _ANALYST | {
    Right.IMPORT,
    Right.EDIT_MEMBERS,
    Right.EDIT_GROUPS,
    Right.HANDLE_FINDINGS,
    Right.MODERATE,
    Right.SEND,
}
_MANAGER = _OPERATOR | {Right.INVITE, Right.SEE_FAILURES, Right.CONNECT, Right.ERASE, Right.PLAN}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ANALYST: _ANALYST,
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.OWNER: frozenset(Right),
}

# Nobody may hand out a role above their own.
MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role),
    Role.MANAGER: frozenset({Role.MANAGER, Role.OPERATOR, Role.ANALYST}),
    Role.OPERATOR: frozenset(),
    Role.ANALYST: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts or looks: a person in a workspace, or Weilu itself (`user_id` None)."""

    workspace_id: int
    role: Role
    user_id: int | None = None
    name: str = ""

    def may(self, right: Right) -> bool:
        """Whether the role holds the right."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raise NotAllowed when the role does not hold the right."""
        if not self.may(right):
            raise NotAllowed(right.value)


def system(workspace_id: int) -> Actor:
    """Weilu itself at work in a workspace: jobs and reactions act as this."""
    return Actor(workspace_id=workspace_id, role=Role.OWNER, user_id=None, name="weilu")
