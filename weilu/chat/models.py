"""Messages, the batches they came in, and imports of chat history (K-4)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from weilu.chat.pictures.models import Picture as Picture  # noqa: PLC0414 - Django looks here

HOUR_MS = 3_600_000


class Message(models.Model):
    """One thing said or done in a group; `kind` and `form` are numbers of `chat.ports`.

    Both indexes begin with the hour: messages arrive roughly in order of time, so a batch touches
    neighbouring pages however random the platform's ids are (measured: up to 6 times).
    """

    class Flag(models.IntegerChoices):
        """Bits of `flags`."""

        QUESTION = 1
        LINK = 2
        RECALLED = 4
        CARD = 8  # somebody's or some group's card

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey(
        "groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    identity = models.ForeignKey(
        "members.Identity",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    kind = models.SmallIntegerField()
    form = models.SmallIntegerField(default=0)
    flags = models.SmallIntegerField(default=0)
    sent_ms = models.BigIntegerField()
    source_id = models.BigIntegerField(default=0)
    text = models.TextField(default="", blank=True)
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - absent, not empty: unique where there is one
    answers = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("sent_ms") / HOUR_MS,
                "group",
                "external_id",
                condition=Q(external_id__isnull=False),
                name="message_once",
            ),
        ]
        indexes = [models.Index(F("sent_ms") / HOUR_MS, "group", "sent_ms", name="message_by_hour")]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Batch(models.Model):
    """A run of messages stored together: ids from `first_id`, `count` of them or fewer.

    `staged` tells whether the stages have seen it; set in the transaction of their writes.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    first_id = models.BigIntegerField()
    count = models.IntegerField()
    source_id = models.BigIntegerField(default=0)
    staged = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(staged=False), name="batch_unstaged")]

    def __str__(self) -> str:
        return f"batch of {self.count} from {self.first_id}"


class StageDebt(models.Model):
    """That a stage failed over a batch and has to be run over it again."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=64)
    error = models.TextField(default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "stage"], name="debt_once")]

    def __str__(self) -> str:
        return f"{self.stage} owes batch {self.batch_id}"


class SearchSegment(models.Model):
    """How far a segment of a workspace's messages is indexed; see `chat.search`.

    Level 0 is 65,536 ids, level 1 sixteen times as many. `blocks` holds the newest moment of each
    256 ids, then the oldest of each, eight bytes each; `held` the places that are indexed, a
    bitmap. `claimed_to` is written before messages are read: what comes to an id up to it later
    has to be noted as a change. `version` moves on with every write.
    """

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    level = models.SmallIntegerField()
    segment = models.IntegerField()
    claimed_to = models.BigIntegerField()
    indexed_to = models.BigIntegerField()
    version = models.IntegerField(default=0)
    newest_ms = models.BigIntegerField()
    blocks = models.BinaryField()
    held = models.BinaryField()

    pk = models.CompositePrimaryKey("workspace_id", "level", "segment")

    def __str__(self) -> str:
        return f"segment {self.segment} of level {self.level}"


class SearchPart(models.Model):
    """Which messages of a segment hold which of one shard's tokens."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    level = models.SmallIntegerField()
    shard = models.SmallIntegerField()
    segment = models.IntegerField()
    body = models.BinaryField()

    pk = models.CompositePrimaryKey("workspace_id", "level", "shard", "segment")

    def __str__(self) -> str:
        return f"shard {self.shard} of segment {self.segment} of level {self.level}"


class SearchChange(models.Model):
    """Messages whose words the index may not hold: edited, or stored under ids long passed."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"messages {self.first_id} to {self.last_id}"


class Import(models.Model):
    """Chat history brought in at once: one or more files, looked at first, then read in."""

    class State(models.TextChoices):
        """Where an import stands."""

        UPLOADED = "uploaded"
        LOOKING = "looking"
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    zone = models.CharField(max_length=64, default="", blank=True)
    # What the operator says the files are; empty: recognised by what is in them.
    format = models.CharField(max_length=40, default="", blank=True)
    paths = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    error = models.TextField(default="", blank=True)
    # Share of the bytes looked at so far (0-1); of those read in each bundle tells.
    progress = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportBundle(models.Model):
    """One export within an import: what was found in it, what was answered, how far it is.

    `id` is the `source_id` of its messages. `read` counts the records already accepted: after a
    crash reading starts anew and skips as many. `chats` maps the file's groups to ours.
    """

    class State(models.TextChoices):
        """Where a bundle stands."""

        FOUND = "found"
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        SKIPPED = "skipped"
        FAILED = "failed"

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    format = models.CharField(max_length=40)
    label = models.CharField(max_length=300)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FOUND)
    asks = models.JSONField(default=list)
    guesses = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    chats = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    problem_count = models.IntegerField(default=0)
    read = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    progress = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="bundle_position_once"),
        ]

    def __str__(self) -> str:
        return self.label


class Echo(models.Model):
    """Messages that other imports had stored when a bundle brought them once more.

    When the import that stored them is taken back, they become this bundle's. `ids` is a roaring
    bitmap of how far each id lies from `first_id`.
    """

    bundle = models.ForeignKey(ImportBundle, on_delete=models.CASCADE, related_name="+")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    ids = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["first_id", "last_id"], name="echo_by_id")]

    def __str__(self) -> str:
        return f"echo of {self.first_id} to {self.last_id}"


class Outgoing(models.Model):
    """A row of the send queue: something decided that is to reach a group (design, section 2).

    Written with the decision, under a `key` that makes it once. `way` says who does it: the
    platform's interface, a person who confirms it in the platform's app, or a person by hand;
    a hand task is this row. Rows of a group go out in order of `id`, one at a time.
    """

    class Way(models.TextChoices):
        """Who carries it out."""

        AUTOMATIC = "automatic"
        CONFIRMED = "confirmed"
        BY_HAND = "by_hand"

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        HELD = "held"  # a guard wants a person to look
        SENDING = "sending"
        ASKED = "asked"  # a person has to confirm it in the platform's app
        STOPPING = "stopping"  # the platform is being asked to take it back
        UNSURE = "unsure"  # may have happened; a person has to say
        SENT = "sent"
        FAILED = "failed"
        EXPIRED = "expired"
        CANCELLED = "cancelled"

    OPEN = (State.WAITING, State.HELD, State.SENDING, State.ASKED, State.STOPPING, State.UNSURE)

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    deed = models.CharField(max_length=10)
    origin = models.CharField(max_length=16)
    origin_id = models.BigIntegerField(default=0)
    way = models.CharField(max_length=10, choices=Way.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    text = models.TextField(default="", blank=True)
    picture = models.CharField(max_length=200, default="", blank=True)
    link = models.CharField(max_length=500, default="", blank=True)
    identity_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    ask = models.ForeignKey("groups.JoinAsk", null=True, on_delete=models.CASCADE, related_name="+")
    seconds = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, default="", blank=True)
    is_promotion = models.BooleanField(default=False)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    assignee = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    # What the last guard said, and which guards a person has overruled, why.
    guard = models.CharField(max_length=24, default="", blank=True)
    guard_values = models.JSONField(default=dict)
    overruled = models.JSONField(default=list)
    released_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    released_why = models.CharField(max_length=300, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=40, default="", blank=True)
    lease = models.CharField(max_length=32, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    # When the guards let a hand task pass: only then is it to be done.
    cleared_at = models.DateTimeField(null=True)
    # When it was last handed to the platform: what the platform's limits count.
    begun_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, default="", blank=True)
    proof = models.CharField(max_length=200, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="outgoing_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="waiting", way__in=["automatic", "confirmed"]),
                name="outgoing_due",
            ),
            models.Index(fields=["workspace", "state", "due_at"], name="outgoing_listed"),
            models.Index(fields=["group", "begun_at"], name="outgoing_by_group"),
            models.Index(fields=["external_id"], name="outgoing_external"),
            models.Index(
                fields=["group", "ended_at"],
                condition=models.Q(deed__in=["send", "announce"]),
                name="outgoing_spoken",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="waiting", way="by_hand", cleared_at__isnull=True),
                name="outgoing_uncleared",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(
                    state__in=["waiting", "held", "asked"], expires_at__isnull=False
                ),
                name="outgoing_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.pk}: {self.state}"
