"""What members are worth to the community: goodwill, levels, who only comes for prizes (C-4, C-7).

Ledgers hang on identities, which never change, so that a merge needs nothing counted anew;
scores and levels hang on members and are worked out from the ledgers.
"""

from __future__ import annotations

from django.db import models

from weilu.members.models.people import Identity, Member


class Ledger(models.Model):
    """Everything an identity gave and got, packed (`members.rules.exchange`).

    `is_stale`: the score of whoever is behind it has to be worked out anew.
    """

    identity = models.OneToOneField(
        Identity,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    body = models.BinaryField()
    is_stale = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "identity"],
                condition=models.Q(is_stale=True),
                name="ledger_stale",
            ),
        ]

    def __str__(self) -> str:
        return f"ledger of {self.identity_id}"


class LedgerEdge(models.Model):
    """From which day on a workspace's ledgers tell days (`members.rules.folding`); without: all.

    `apart` are the days of groups that have another one, by their id. Ledgers of identities before
    `next` are written by it, later ones may tell more days until they are booked into; null: all
    are.
    """

    workspace = models.OneToOneField(
        "core.Workspace", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    day = models.IntegerField()
    apart = models.JSONField(default=dict, db_default={})
    next = models.BigIntegerField(null=True, default=0)

    def __str__(self) -> str:
        return f"ledgers of {self.workspace_id} from day {self.day}"


class Goodwill(models.Model):
    """A member's goodwill: its base (`members.rules.goodwill`), different people, and the level.

    `below_since` is the day since which goodwill is too low for the level, 0 for never. For
    members of nothing but ended communities `base` is moved on by `shift` days, so that it can be
    compared with others; `earned` is what it was, null where nothing is moved.
    """

    member = models.OneToOneField(
        Member, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    base = models.FloatField()
    earned = models.FloatField(null=True)
    shift = models.IntegerField(default=0, db_default=0)
    people = models.IntegerField(default=0)
    level = models.SmallIntegerField(default=0)
    below_since = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "base", "member"], name="goodwill_by_base"),
            models.Index(fields=["workspace", "level", "member"], name="goodwill_by_level"),
        ]

    def __str__(self) -> str:
        return f"goodwill of {self.member_id}"

    @property
    def unmoved(self) -> float:
        """The base that comes of the ledgers alone."""
        return self.base if self.earned is None else self.earned


class LevelMove(models.Model):
    """That a member rose or fell to a level; `day` is the day of the talk it followed from."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    came_from = models.SmallIntegerField()
    level = models.SmallIntegerField()
    points = models.FloatField()
    day = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"], name="level_move_newest")]

    def __str__(self) -> str:
        return f"{self.member_id} to level {self.level}"


class GoodwillModel(models.Model):
    """A workspace's own numbers of the goodwill model and its ladder; without one: the usual."""

    workspace = models.OneToOneField(
        "core.Workspace", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    body = models.JSONField()
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"goodwill model of {self.workspace_id}"


class PrizeLook(models.Model):
    """How much a member looks like one who only comes for prizes, 0-1, and the numbers behind it.

    For staff alone, and only where it is worth a look; everybody else has no row.
    """

    member = models.OneToOneField(
        Member, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    score = models.FloatField()
    evidence = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-score", "member"], name="prize_look_score")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.score:.2f}"


class PrizeVerdict(models.Model):
    """What a person of the team says of it; stands against any evidence until withdrawn."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    is_hunter = models.BooleanField()
    note = models.CharField(max_length=500)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity"],
                condition=models.Q(withdrawn_at=None),
                name="prize_verdict_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "identity"],
                condition=models.Q(withdrawn_at=None),
                name="prize_verdict_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id}: {self.is_hunter}"
