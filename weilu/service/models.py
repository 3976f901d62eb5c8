"""Newcomers and how they are met (H-1); questions, answers, and who answers whom (H-2)."""

from __future__ import annotations

from django.db import models


class Question(models.Model):
    """A question somebody asked in a group; the message's id is its id."""

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey(
        "groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # Questions go with their messages, and identities only without any: nothing to check per row.
    identity = models.ForeignKey(
        "members.Identity",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    day = models.IntegerField()
    asked_ms = models.BigIntegerField()
    answer_id = models.BigIntegerField(null=True)
    answered_by = models.ForeignKey(
        "members.Identity",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    answer_after_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["group", "day"], name="question_by_day"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Pair(models.Model):
    """How often one identity answered another in a group in a month (year × 12 + month − 1)."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    month = models.IntegerField()
    answering = models.BigIntegerField()
    answered = models.BigIntegerField()
    links = models.IntegerField(default=0)

    pk = models.CompositePrimaryKey("group_id", "month", "answering", "answered")

    def __str__(self) -> str:
        return f"{self.answering} answers {self.answered}"


class ExchangeDay(models.Model):
    """What members gave each other in a group on a day, packed (`members.rules.exchange`).

    `before` is what the members' ledgers still hold of it; null: they hold `body`.
    """

    group = models.ForeignKey(
        "groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.IntegerField()
    body = models.BinaryField()
    before = models.BinaryField(null=True)

    pk = models.CompositePrimaryKey("group_id", "day")

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "group", "day"],
                condition=models.Q(before__isnull=False),
                name="exchange_to_book",
            ),
        ]

    def __str__(self) -> str:
        return f"exchange in {self.group_id} on day {self.day}"


class Greeting(models.Model):
    """What newcomers are greeted with: in all groups of a community, or in one of its own.

    `source` is how they came, as `rules.arriving` tells it, "" for everybody else.
    `label` stands before the words, so that members know who speaks is no member (H-6).
    `gather_s` is how long newcomers are waited for, to be greeted together.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    group = models.ForeignKey("groups.Group", null=True, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=10, default="", blank=True)
    is_on = models.BooleanField(default=False)
    text = models.CharField(max_length=1000)
    label = models.CharField(max_length=20, default="", blank=True)
    gather_s = models.PositiveSmallIntegerField(default=60)
    changed_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "source"],
                condition=models.Q(group=None),
                name="greeting_of_all",
            ),
            models.UniqueConstraint(
                fields=["group", "source"],
                condition=models.Q(group__isnull=False),
                name="greeting_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"greeting of {self.community_id}"


class WelcomeTemplate(models.Model):
    """What a connection's platform greets newcomers with by itself; `template` is its id there.

    `fault` is a code of `FAULTS` when it could not be kept.
    """

    connection = models.OneToOneField(
        "groups.Connection", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    template = models.CharField(max_length=120, default="", blank=True)
    text = models.TextField(default="", blank=True)
    fault = models.CharField(max_length=40, default="", blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"template of {self.connection_id}"


class Greeted(models.Model):
    """How far the newcomers of a group have been greeted: the last join that was looked at."""

    group = models.OneToOneField(
        "groups.Group", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.group_id} greeted up to {self.message_id}"


class FirstDays(models.Model):
    """Somebody's first three days in a connected group; the id is that of the join's message.

    `asked_id` is the message of their first question, `unheard_at` since when Weilu says that
    nobody answers it. Rows are kept for a month.
    """

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="+")
    came_ms = models.BigIntegerField()
    greeted_at = models.DateTimeField(null=True)
    companion = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_id = models.BigIntegerField(null=True)
    asked_ms = models.BigIntegerField(null=True)
    answered_ms = models.BigIntegerField(null=True)
    answered_by = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    unheard_at = models.DateTimeField(null=True)
    seen_to_at = models.DateTimeField(null=True)
    seen_to_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "identity"], name="first_days_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "came_ms"], name="first_days_when"),
            models.Index(
                fields=["workspace", "asked_ms"],
                condition=models.Q(unheard_at__isnull=False, answered_ms=None, seen_to_at=None),
                name="first_days_unheard",
            ),
        ]

    def __str__(self) -> str:
        return f"first days of {self.identity_id} in {self.group_id}"


class Companion(models.Model):
    """A member who agreed to keep the newcomers of a community company, from when to when."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    identity = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "identity"],
                condition=models.Q(ended_at=None),
                name="companion_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id} keeps newcomers of {self.community_id} company"
