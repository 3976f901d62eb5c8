"""Connections to platforms, groups, and who is in them (handbook B, K-4)."""

from __future__ import annotations

from django.db import models

from weilu.communities.models import new_code
from weilu.core.sealed import SealedField


class Connection(models.Model):
    """An account on a platform through which groups are seen and acted in.

    `settings` are the answers to the connector's form but for secrets, which lie encrypted in
    `sealed`. `cursor` is how far it has read, written with what was read. `version` moves on with
    every change that a running session must notice; the lease names the process that runs it.
    """

    class State(models.TextChoices):
        """How it is with it."""

        NEW = "new"
        RUNNING = "running"
        TROUBLED = "troubled"
        STOPPED = "stopped"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    connector = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    settings = models.JSONField(default=dict)
    sealed = SealedField(default="", blank=True)
    cursor = models.JSONField(default=dict)
    hook = models.CharField(max_length=64, unique=True)
    is_on = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    fault = models.CharField(max_length=40, default="", blank=True)
    failures = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)
    # What the doctor found: steps with name, state, mend and values; null moment: not yet.
    examination = models.JSONField(default=list)
    examined_at = models.DateTimeField(null=True)
    since = models.DateTimeField()
    lease = models.CharField(max_length=32, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="connection_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CapabilityRow(models.Model):
    """Whether and how a connection can do something: the platform's fact, or the operator's.

    `limits` are lists [count, seconds, scope]. `is_own` rows were edited and are no longer
    brought up to date from the connector. `works` is what was last tried, null: never.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    ability = models.CharField(max_length=16)
    support = models.CharField(max_length=12)
    condition = models.TextField(default="", blank=True)
    limits = models.JSONField(default=list)
    as_of = models.DateField()
    source = models.CharField(max_length=300)
    is_own = models.BooleanField(default=False)
    works = models.BooleanField(null=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "ability"], name="capability_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ability} of {self.connection_id}"


class Group(models.Model):
    """A chat group; a container of a community, on one platform.

    Without a connection it is looked after by hand: imports in, hand tasks out. `ends_at` is when
    it closes, or closed, after its members were told; null: it goes on. `most_people` is how many
    it may hold where that differs from its platform's cap.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    connection = models.ForeignKey(
        Connection, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    platform = models.CharField(max_length=16)
    external_key = models.CharField(max_length=200, default="", blank=True)
    name = models.CharField(max_length=200)
    ends_at = models.DateTimeField(null=True)
    most_people = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "platform", "name"], name="group_name_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "platform", "external_key"],
                condition=~models.Q(external_key=""),
                name="group_key_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """What an identity has done in a group so far: joined, spoke, left.

    `joined_ms` and `spoke_ms` are first times, the `last_` columns newest; null: never seen to.
    Who was there before anybody listened has `BEFORE_RECORDS` for `joined_ms`.
    A row exists for everybody ever seen, also those who never said a word. On SQLite the table is
    kept in the order of its key (WITHOUT ROWID, migration 0007): one tree less to write.
    """

    BEFORE_RECORDS = 0

    # The key begins with the group; and the row is written with its identity in one transaction.
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey(
        "members.Identity", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    messages = models.BigIntegerField(default=0)
    joins = models.IntegerField(default=0)
    leaves = models.IntegerField(default=0)
    joined_ms = models.BigIntegerField(null=True)
    last_joined_ms = models.BigIntegerField(null=True)
    last_left_ms = models.BigIntegerField(null=True)
    spoke_ms = models.BigIntegerField(null=True)
    last_spoke_ms = models.BigIntegerField(null=True)
    first_seen_ms = models.BigIntegerField()

    pk = models.CompositePrimaryKey("group_id", "identity_id")

    def __str__(self) -> str:
        return f"{self.identity_id} in {self.group_id}"


class JoinAsk(models.Model):
    """Somebody's request to be let into a group, as the platform numbers it.

    `link` is the join link they said they come by, `scan` the visit whose letters they said.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open"
        ANSWERED = "answered"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)
    account = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    words = models.CharField(max_length=1000, default="", blank=True)
    asked_ms = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    link = models.ForeignKey("JoinLink", null=True, on_delete=models.SET_NULL, related_name="+")
    scan = models.ForeignKey("Scan", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "external_id"], name="join_ask_once"),
        ]
        indexes = [
            models.Index(
                fields=["group", "account"],
                condition=models.Q(link__isnull=False),
                name="join_ask_by_link",
            ),
            models.Index(
                fields=["workspace", "id"], condition=models.Q(state="open"), name="join_ask_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} asks for {self.group_id}"


class JoinLink(models.Model):
    """One permanent address and code that leads into the right group (B-2).

    `source` is where it hangs or is sent, `cost` what that cost so far; `question` is asked
    before the groups differ by the answer, where the address does not carry one already.
    `asks_code`: visitors are given a few letters to say when they come in. The poster has a
    title, a text and a picture.
    """

    class Spread(models.TextChoices):
        """How groups of one turn share visitors."""

        WEIGHT = "weight"
        ROOM = "room"

    class Source(models.TextChoices):
        """Where people meet the link."""

        STORE = "store"
        PARCEL = "parcel"
        STAFF = "staff"
        POSTER = "poster"
        ONLINE = "online"
        SMS = "sms"
        PARTNER = "partner"
        MEMBER = "member"
        OTHER = "other"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    code = models.CharField(max_length=16, unique=True, default=new_code)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=10, choices=Source.choices)
    cost = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    words = models.CharField(max_length=300, default="", blank=True)
    question = models.CharField(max_length=120, default="", blank=True)
    spread = models.CharField(max_length=6, choices=Spread.choices, default=Spread.WEIGHT)
    asks_code = models.BooleanField(default=False)
    poster_title = models.CharField(max_length=40, default="", blank=True)
    poster_text = models.CharField(max_length=200, default="", blank=True)
    poster_picture = models.CharField(max_length=200, default="", blank=True)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="join_link_once"),
        ]

    def __str__(self) -> str:
        return self.name


class JoinTarget(models.Model):
    """A group a join link may lead to: by its own code as a picture, or by an address.

    Lower `position` comes first and the next takes over when it is full, over or closed; those of
    one position share by `weight`. `most` is how many visitors the code may be shown to, `shown`
    how many it was; `opens` and `closes` are by the community's clock.
    """

    link = models.ForeignKey(JoinLink, on_delete=models.CASCADE, related_name="targets")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)
    weight = models.PositiveSmallIntegerField(default=1)
    address = models.CharField(max_length=500, default="", blank=True)
    picture = models.CharField(max_length=200, default="", blank=True)
    answer = models.CharField(max_length=60, default="", blank=True)
    most = models.PositiveIntegerField(default=200)
    shown = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, blank=True)
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    code_set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.link_id} to {self.group_id}"


class Scan(models.Model):
    """A visit of a join link and where it led. `visitor` tells visits apart for a day, no more.

    `says` are the letters the visitor was given to say on coming in; that somebody said them, and
    when, is in the `declared_` columns; a person without a moment is taken to have come by it.
    What counts of both is a `KnownJoin`.
    """

    link = models.ForeignKey(JoinLink, on_delete=models.CASCADE, related_name="+", db_index=False)
    target = models.ForeignKey(JoinTarget, null=True, on_delete=models.SET_NULL, related_name="+")
    visitor = models.CharField(max_length=16)
    is_bot = models.BooleanField(default=False)
    is_repeat = models.BooleanField(default=False)
    answer = models.CharField(max_length=60, default="", blank=True)
    says = models.CharField(max_length=6, default="", blank=True)
    declared_by = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    declared_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["link", "at"], name="scan_of_link"),
            # Who comes again is asked by the first visit; others are of no use to that.
            models.Index(
                fields=["link", "visitor"],
                condition=models.Q(is_bot=False, is_repeat=False),
                name="scan_first_of_visitor",
            ),
            models.Index(
                fields=["says"],
                condition=models.Q(declared_at=None) & ~models.Q(says=""),
                name="scan_to_declare",
            ),
        ]

    def __str__(self) -> str:
        return f"scan {self.pk}"


class KnownJoin(models.Model):
    """By which join link somebody came into a group, and how that is known; the first time counts.

    Who came by a link and is not here is an estimate by time.
    """

    class How(models.TextChoices):
        """Who says so: the platform, the person on asking to be let in, or once inside."""

        SIGNAL = "signal"
        ASKED = "asked"
        SAID = "said"

    link = models.ForeignKey(JoinLink, on_delete=models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "identity"], name="known_join_once"),
        ]
        indexes = [models.Index(fields=["link", "at"], name="known_join_of_link")]

    def __str__(self) -> str:
        return f"{self.identity_id} by {self.link_id}"


class Turn(models.Model):
    """A turn in a group's life that its members were told of (B-4).

    `place` is the join link they were offered, `other` the group that takes them in. `ended_at`
    is what the group's end was set to, null where it goes on.
    """

    class Kind(models.TextChoices):
        """What happens to the group."""

        MERGE = "merge"
        SPLIT = "split"
        REVIVE = "revive"
        CLOSE = "close"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    place = models.ForeignKey(JoinLink, null=True, on_delete=models.SET_NULL, related_name="+")
    other = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.TextField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["group", "at"], name="turn_of_group")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.group_id}"


class SizeCap(models.Model):
    """How many people a platform allows in a group from a day on, as this workspace knows it."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=16)
    people = models.PositiveIntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=300, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "platform", "as_of"], name="cap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.people}"
