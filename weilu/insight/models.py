"""Roll-ups: what pages read instead of messages (design, section 3), and findings.

A day is a number, days since 1970-01-01 in the community's time zone. `people` is a roaring
bitmap of the identities that spoke; `counts` holds how much each of them said, in the order of
the bitmap; `hours` how much was said in each of the 24 hours (see `insight.packing`).
"""

from __future__ import annotations

from django.db import models


class GroupDay(models.Model):
    """One group on one day."""

    group = models.ForeignKey(
        "groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.IntegerField()
    messages = models.IntegerField(default=0)
    joins = models.IntegerField(default=0)
    leaves = models.IntegerField(default=0)
    links = models.IntegerField(default=0)
    questions = models.IntegerField(default=0)
    people = models.BinaryField()
    counts = models.BinaryField()
    hours = models.BinaryField()

    pk = models.CompositePrimaryKey("group_id", "day")

    def __str__(self) -> str:
        return f"group {self.group_id} on day {self.day}"


class CommunityDay(models.Model):
    """One community on one day: all its groups together."""

    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.IntegerField()
    messages = models.IntegerField(default=0)
    joins = models.IntegerField(default=0)
    leaves = models.IntegerField(default=0)
    links = models.IntegerField(default=0)
    questions = models.IntegerField(default=0)
    people = models.BinaryField()
    counts = models.BinaryField()
    hours = models.BinaryField()

    pk = models.CompositePrimaryKey("community_id", "day")

    def __str__(self) -> str:
        return f"community {self.community_id} on day {self.day}"


class WordWeek(models.Model):
    """A word people used in a group in a week (days // 7): in how many messages, by how many."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    week = models.IntegerField()
    word = models.CharField(max_length=40)
    messages = models.IntegerField()
    people = models.IntegerField()

    pk = models.CompositePrimaryKey("group_id", "week", "word")

    def __str__(self) -> str:
        return self.word


class LinkDay(models.Model):
    """A web address shared in a group on a day."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    day = models.IntegerField()
    host = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    times = models.IntegerField()
    message_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "day", "url"], name="link_day_once"),
        ]

    def __str__(self) -> str:
        return self.url


class MemberTotals(models.Model):
    """What a member did over all groups; the order and filter columns of the member list."""

    member = models.OneToOneField(
        "members.Member", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    messages = models.BigIntegerField(default=0)
    groups = models.IntegerField(default=0)
    first_ms = models.BigIntegerField(default=0)
    last_ms = models.BigIntegerField(default=0)
    left_ms = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "messages", "member"], name="totals_by_messages"),
            models.Index(fields=["workspace", "last_ms", "member"], name="totals_by_last"),
            models.Index(fields=["workspace", "first_ms", "member"], name="totals_by_first"),
        ]

    def __str__(self) -> str:
        return f"totals of {self.member_id}"


class FreshBatch(models.Model):
    """A live batch whose people and groups are still to be looked at; its id is the batch's."""

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Standing(models.Model):
    """How many people a group has, counted when something was imported or once an hour.

    `group` null: the whole community. `silent` are present and have never spoken or not for
    60 days; bots are left out. `who_is_there` and `who_ever_was` are bitmaps of members.
    """

    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    group = models.ForeignKey("groups.Group", null=True, on_delete=models.CASCADE, related_name="+")
    present = models.IntegerField(default=0)
    ever = models.IntegerField(default=0)
    silent = models.IntegerField(default=0)
    who_is_there = models.BinaryField(default=bytes)
    who_ever_was = models.BinaryField(default=bytes)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=models.Q(group=None), name="standing_of_whole"
            ),
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(group__isnull=False), name="standing_of_group"
            ),
        ]

    def __str__(self) -> str:
        return f"standing of {self.group_id or self.community_id}"


class RoomAhead(models.Model):
    """When a community should open its next group, counted when its people or caps change.

    `open_on` None: not within two years, or nothing is known. `room` is how many more its open
    groups hold, `full_on` when that is used up at the usual pace.
    """

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    room = models.IntegerField(default=0)
    open_on = models.DateField(null=True)
    full_on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "open_on"],
                condition=models.Q(open_on__isnull=False),
                name="room_ahead_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"room of {self.community_id}"


class MoveDay(models.Model):
    """People who really came to or left a group on a day: reconnects are not among them.

    Not settled: so near the end of what is known that who left may only have lost the connection,
    in a group where most who leave are soon back.
    """

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    day = models.IntegerField()
    joins = models.IntegerField(default=0)
    returns = models.IntegerField(default=0)
    leaves = models.IntegerField(default=0)
    is_settled = models.BooleanField(default=True)

    pk = models.CompositePrimaryKey("group_id", "day")

    def __str__(self) -> str:
        return f"moves of group {self.group_id} on day {self.day}"


class FindingRow(models.Model):
    """A finding of the diagnosis for a group as it stood when last computed (J-2)."""

    class State(models.TextChoices):
        """What the operator made of it."""

        OPEN = "open"
        LATER = "later"
        DONE = "done"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    check_code = models.CharField(max_length=60)
    severity = models.SmallIntegerField()
    body = models.JSONField()
    since = models.DateTimeField()
    computed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    later_until = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "check_code"], name="finding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.check_code} in {self.group_id}"


class Sign(models.Model):
    """A message of a connected group that may tell of trouble (J-4); the message's id is its id."""

    class Kind(models.TextChoices):
        """What it may tell of."""

        COMPLAINT = "complaint"
        ABUSE = "abuse"
        LEAVE = "leave"

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey(
        "groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    member_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sent_ms = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["group", "kind", "sent_ms"], name="sign_by_group")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Alert(models.Model):
    """Signs of one kind rose in a group; open until somebody says that it is over, or it fades."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Sign.Kind.choices)
    since_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    signs = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    usual = models.FloatField()
    owner = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "kind"],
                condition=models.Q(closed_at=None),
                name="alert_open_once",
            )
        ]
        indexes = [models.Index(fields=["workspace", "closed_at"], name="alert_listed")]

    def __str__(self) -> str:
        return f"{self.kind} rising in {self.group_id}"


class Influence(models.Model):
    """What a member caused in others in a year, and whether they are a true fan (C-6).

    The columns are those of `rules.influence.Caused`; `weeks` and `days` are how often they were
    there in the last 13 weeks. Only members who caused anything have a row.
    """

    member = models.OneToOneField(
        "members.Member", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    points = models.FloatField()
    thanks = models.IntegerField(default=0)
    thankers = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    repliers = models.IntegerField(default=0)
    mentioners = models.IntegerField(default=0)
    met = models.IntegerField(default=0)
    stayed = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    weeks = models.IntegerField(default=0)
    days = models.IntegerField(default=0)
    is_koc = models.BooleanField(default=False)
    is_fan = models.BooleanField(default=False)
    more = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "points", "member"], name="influence_by_points"),
            models.Index(
                fields=["workspace"], condition=models.Q(is_fan=True), name="influence_fans"
            ),
        ]

    def __str__(self) -> str:
        return f"influence of {self.member_id}"


class FoundCircle(models.Model):
    """People of a workspace who talk with each other more than with others, as last found (C-5).

    `members` is a bitmap, `top` the ids of the best connected, `words` what they talk about more
    than others do, `inside` the share of their exchange that stays among them.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    members = models.BinaryField()
    top = models.JSONField(default=list)
    words = models.JSONField(default=list)
    inside = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "position"], name="found_circle_once"),
        ]

    def __str__(self) -> str:
        return f"circle {self.position} of {self.workspace_id}"


class DemoDesk(models.Model):
    """That the demo's desk is laid, and ids of what was made beyond its community, by model."""

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    made = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"desk of {self.community_id}"
