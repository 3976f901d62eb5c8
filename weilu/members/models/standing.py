"""Where staff place members: tiers, stages of their own, and who keeps them company.

All of it hangs on an identity, as notes and tags do, so that a merge takes it along (C-1).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from weilu.members.models.known import Colour
from weilu.members.models.people import Identity, Member


class Tier(models.TextChoices):
    """Layers of a community (A-3)."""

    UPPER = "upper"
    MIDDLE = "middle"
    BASE = "base"


class TierPlace(models.Model):
    """The tier a member is placed in by evidence, with how sure that is (0-1) and why."""

    member = models.OneToOneField(
        Member, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=6, choices=Tier.choices)
    confidence = models.FloatField()
    reasons = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.tier}"


class TierWord(models.Model):
    """The tier a person of the team says a member is in; goes before evidence."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=6, choices=Tier.choices)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity"], condition=Q(withdrawn_at=None), name="tier_word_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id}: {self.tier}"


class OwnStage(models.Model):
    """A stage of the workspace's own, on top of the life cycle that talk shows (C-2)."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    colour = models.CharField(max_length=8, choices=Colour.choices, default=Colour.GREY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="own_stage_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Staying(models.Model):
    """That a member is in a stage of the workspace's own, from when to when."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    stage = models.ForeignKey(OwnStage, on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity"], condition=Q(ended_at=None), name="staying_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id} in {self.stage_id}"


class Company(models.Model):
    """Who keeps a member company, in which way, how often, and when next (C-8)."""

    class Mode(models.TextChoices):
        """Ways to keep somebody company, each with its own cadence."""

        ASSISTANT = "assistant"
        EXPERT = "expert"
        PARTNER = "partner"

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    guide = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    every_days = models.PositiveSmallIntegerField()
    next_on = models.DateField()
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity"], condition=Q(ended_at=None), name="company_once"
            ),
            models.CheckConstraint(condition=Q(every_days__gte=1), name="company_every"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "next_on"],
                condition=Q(ended_at=None),
                name="company_next",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} of {self.identity_id}"


class CompanyRule(models.Model):
    """That everybody in a segment is kept company in one way, now and whoever comes in (C-8).

    `guides` are the users who share them, empty for anybody. Who leaves the segment keeps their
    company until somebody ends it.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    segment = models.OneToOneField(
        "members.Segment", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    mode = models.CharField(max_length=10, choices=Company.Mode.choices)
    every_days = models.PositiveSmallIntegerField()
    guides = models.JSONField(default=list)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mode} for {self.segment_id}"


class Contact(models.Model):
    """One time that a guide was in touch with a member, or could not be."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    was_done = models.BooleanField()
    note = models.CharField(max_length=500, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"contact {self.pk}"
