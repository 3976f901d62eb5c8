"""Messages that look like junk, what was decided about them, and a workspace's own word lists."""

from __future__ import annotations

from django.db import models

from weilu.moderation.rules.terms import Terms, terms_of


class Doubt(models.Model):
    """A message that looks like junk; the message's id is its id.

    `score` is in log-odds, `plain` the same without what decisions taught. `reasons` are pairs
    (code, log-odds), loudest first; `spans` pairs (first place, place after the last) in the text.
    """

    class Kind(models.TextChoices):
        """What it looks like."""

        AD = "ad"
        CONTACT = "contact"
        QR = "qr"
        ABUSE = "abuse"
        FLOOD = "flood"
        CALL_ALL = "call_all"
        REPORTED = "reported"

    class State(models.TextChoices):
        """What an operator made of it."""

        OPEN = "open"
        JUNK = "junk"
        FINE = "fine"

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    # Doubts go with their messages, and identities only without any: nothing to check per row.
    identity = models.ForeignKey(
        "members.Identity",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    sent_ms = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    score = models.FloatField()
    plain = models.FloatField()
    reasons = models.JSONField(default=list)
    spans = models.JSONField(default=list)
    # What was read although the message does not say it: a code, a new name.
    seen = models.TextField(default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "state", "identity"], name="doubt_by_account"),
            models.Index(
                fields=["workspace", "at"],
                condition=~models.Q(state="open"),
                name="doubt_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"doubt about {self.pk}"


# Kinds that are looked at together: whoever decides about an account decides about all of it.
FAMILIES: dict[str, tuple[Doubt.Kind, ...]] = {
    "ad": (Doubt.Kind.AD, Doubt.Kind.CONTACT, Doubt.Kind.QR),
    "abuse": (Doubt.Kind.ABUSE,),
    "noise": (Doubt.Kind.FLOOD, Doubt.Kind.CALL_ALL),
    "reported": (Doubt.Kind.REPORTED,),
}


class WordList(models.Model):
    """Words a workspace looks for, one a line in `words`; `weight` is how much one says (1-3)."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    weight = models.FloatField(default=2.0)
    words = models.TextField()
    count = models.IntegerField(default=0)
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="word_list_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Check(models.Model):
    """The last check of a group's history: up to which message, how many were judged."""

    group = models.OneToOneField(
        "groups.Group", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    messages = models.IntegerField(default=0)
    done = models.FloatField(default=0.0)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"check of {self.pk}"


class Policy(models.Model):
    """What follows when somebody breaks the rules of a community; without one: nothing by itself.

    `ladder` are pairs [step, minutes], mildest first: what usually follows. `rules` say what is
    done otherwise, by kind of doubt, as `rules.terms.Kept`. `window_days` is how long violations
    add up. `certainty` is the score (log-odds) from which Weilu acts without asking.
    """

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    is_on = models.BooleanField(default=False)
    ladder = models.JSONField(default=list)
    rules = models.JSONField(default=dict)
    window_days = models.PositiveSmallIntegerField(default=30)
    recalls = models.BooleanField(default=True)
    # Whoever is put out takes what they wrote there lately along.
    recalls_recent = models.BooleanField(default=True)
    # Many who come at once and advertise: act sooner for a while (0: never).
    raid_joins = models.PositiveSmallIntegerField(default=0)
    certainty = models.FloatField(default=2.5)
    reminder = models.CharField(max_length=500, default="", blank=True)
    warning = models.CharField(max_length=500, default="", blank=True)
    packet = models.CharField(max_length=500, default="", blank=True)
    muting = models.CharField(max_length=500, default="", blank=True)
    removing = models.CharField(max_length=500, default="", blank=True)
    # Answering a message with this reports it; empty: nobody reports by a word.
    report_word = models.CharField(max_length=20, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy of {self.community_id}"

    def terms(self, kind: str) -> Terms:
        """What follows from a kind of doubt."""
        return terms_of(self.rules, self.ladder, self.window_days, kind)


class PolicyVersion(models.Model):
    """What a policy said from a version on; written with each change, never changed."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "version"], name="policy_version_once"),
        ]

    def __str__(self) -> str:
        return f"policy of {self.policy_id}, version {self.version}"


class Violation(models.Model):
    """A message that broke the rules, and the step that followed; the message's id is its id."""

    class State(models.TextChoices):
        """Whether it still counts."""

        STANDS = "stands"
        TAKEN_BACK = "taken_back"

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    identity_id = models.BigIntegerField()
    member_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    step = models.CharField(max_length=8)
    minutes = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list)
    policy_version = models.PositiveIntegerField()
    # The rule it breaks, as it was called then, and the version of the rules it stood in.
    rule = models.CharField(max_length=80, default="", blank=True)
    rules_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDS)
    # Whether it adds up with others: a burst counts once, with its first.
    counts = models.BooleanField(default=True, db_default=True)
    at = models.DateTimeField()
    # Who decided it; empty: Weilu, by the policy.
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    taken_back_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["community", "member_id", "at"], name="violation_of_member"),
            models.Index(fields=["workspace", "at"], name="violation_log"),
        ]

    def __str__(self) -> str:
        return f"violation {self.pk}: {self.step}"


class Raid(models.Model):
    """A group is under a raid until a moment; it ends by itself. `by` empty: Weilu saw it."""

    group = models.OneToOneField(
        "groups.Group", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    joins = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"raid on {self.group_id}"


class Ban(models.Model):
    """Somebody is kept out of all groups of a community; `until` empty: for good."""

    violation = models.OneToOneField(
        Violation, on_delete=models.CASCADE, related_name="ban", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    member_id = models.BigIntegerField()
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["community", "member_id"],
                condition=models.Q(lifted_at=None),
                name="ban_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"ban of {self.member_id}"


class Appeal(models.Model):
    """Somebody asks for a second look at what followed; one for each violation."""

    class State(models.TextChoices):
        """What came of it."""

        OPEN = "open"
        GRANTED = "granted"
        DECLINED = "declined"

    violation = models.OneToOneField(
        Violation, on_delete=models.CASCADE, related_name="appeal", primary_key=True
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    words = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "at"], name="appeal_waiting")]

    def __str__(self) -> str:
        return f"appeal against {self.violation_id}"


class Report(models.Model):
    """A member says that something is wrong: about a message, or in words on the public page.

    `reporter_id` is a member, where the report was made in a group; `source` tells the places a
    page's reports come from apart, for a day, and tells nothing else.
    """

    class State(models.TextChoices):
        """What a person made of it."""

        OPEN = "open"
        RIGHT = "right"
        WRONG = "wrong"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    message_id = models.BigIntegerField(null=True)
    reporter_id = models.BigIntegerField(null=True)
    words = models.TextField(default="", blank=True)
    name = models.CharField(max_length=80, default="", blank=True)
    source = models.CharField(max_length=16, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField()
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "reporter_id"], name="report_once"),
        ]
        indexes = [
            models.Index(fields=["community", "at"], name="report_lately"),
            models.Index(
                fields=["workspace", "state", "at"],
                condition=models.Q(message_id=None),
                name="report_waiting",
            ),
            models.Index(fields=["reporter_id"], name="report_record"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"


class Saying(models.Model):
    """Something nearly doubtful that was said in a group of late (`sayings.core_of`); once each."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    core = models.BigIntegerField()
    group_id = models.BigIntegerField()
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "core", "group_id"], name="saying_once"),
        ]
        indexes = [models.Index(fields=["workspace", "at_ms"], name="saying_by_time")]

    def __str__(self) -> str:
        return f"saying {self.pk}"
