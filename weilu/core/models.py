"""Tables of the mechanism: people who sign in, workspaces, the event log, jobs, number ranges."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from weilu.core.access import Role


class User(AbstractUser):
    """Somebody who signs in; what they may do hangs on their seats."""

    # Empty until the first owner has been asked for it, so unique only where given.
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    theme = models.CharField(max_length=10, blank=True, default="")
    density = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="user_email_once"
            ),
        ]


class Workspace(models.Model):
    """One tenant; every row of every package carries it."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person's role in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="seat_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.workspace_id}"


class Invitation(models.Model):
    """An open offer of a seat, or the one-time link of the first run (`workspace` empty).

    Only the token's hash is stored; used at most once, by a conditional update of `used_at`.
    """

    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Role])
    email = models.EmailField(blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class LogRow(models.Model):
    """One announced event, written with the change it tells of (design, section 2)."""

    # The index by workspace below begins with the same column.
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=64)
    payload = models.JSONField()
    at = models.DateTimeField()
    lease = models.CharField(max_length=32, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(done_at=None), name="log_undone"),
            models.Index(fields=["workspace", "id"], name="log_by_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """That a reaction dealt with an event, or where it stands when it failed.

    Written in the reaction's own transaction: so its writes happen once, however often it runs.
    """

    class State(models.TextChoices):
        """Where a delivery stands."""

        DONE = "done"
        PARKED = "parked"
        DROPPED = "dropped"

    row = models.ForeignKey(LogRow, on_delete=models.CASCADE, related_name="+", db_index=False)
    reaction = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    due_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "reaction"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="parked"), name="parked_due"),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} of {self.row_id}: {self.state}"


class Job(models.Model):
    """Work that time starts: a row with a moment; nothing timed lives in memory.

    `key` makes it unique among the jobs of its name that are still to do. `again_at` is set when
    it was asked for once more while it ran: what it has already passed may have changed since.
    """

    class State(models.TextChoices):
        """Where a job stands."""

        DUE = "due"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    key = models.CharField(max_length=120, default="", blank=True)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    lease = models.CharField(max_length=32, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name", "key"],
                condition=models.Q(state="due"),
                name="job_due_once",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="due"), name="job_due")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}: {self.state}"


class Counter(models.Model):
    """The last number handed out of a range; see `core.ids`."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Change(models.Model):
    """That rows changed which processes keep copies of; see `core.changes`.

    `ids` is a roaring bitmap of whose they are, null: anybody's. `mark` is the number of the
    transaction on PostgreSQL, 0 on SQLite.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    source = models.CharField(max_length=24, blank=True)
    key = models.CharField(max_length=40, blank=True)
    ids = models.BinaryField(null=True)
    mark = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "id"], name="change_by_number"),
            models.Index(fields=["workspace", "mark"], name="change_by_mark"),
            models.Index(fields=["at"], name="change_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key} {self.pk}"


class Remembered(models.Model):
    """What all processes remember for a while; see `core.shared`."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name} until {self.until}"
