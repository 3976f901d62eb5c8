"""A community: the people, beyond the groups that hold them (handbook A)."""

from __future__ import annotations

import secrets
from datetime import time

from django.db import models

from weilu.communities.blueprint.models import Canvas, CanvasVersion, FitCheck, PlatformPlan
from weilu.communities.kit.models import KitPiece

__all__ = [
    "Canvas",
    "CanvasVersion",
    "Community",
    "FitCheck",
    "KitPiece",
    "PlatformPlan",
    "Reading",
    "Rules",
    "new_code",
]

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_code() -> str:
    """Ten letters for the address of public pages, without those that look alike."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


class Community(models.Model):
    """People with a shared interest; its time zone decides what a day is in its numbers."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    # What the community's product is called, one word a line: do members speak of it?
    product_words = models.TextField(default="", blank=True)
    is_demo = models.BooleanField(default=False)
    # Nothing that can wait is written between these, by the community's clock; equal: never so.
    quiet_from = models.TimeField(default=time(22, 30))
    quiet_until = models.TimeField(default=time(8, 0))
    # The community's public pages stand under this; never its name or number.
    code = models.CharField(max_length=16, unique=True, default=new_code)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="community_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Rules(models.Model):
    """One version of a community's rules (A-6); a new version is a new row, none is changed.

    `rules` are objects {title, words, kind}; `kind` is what is looked for by itself, "" where only
    people can tell. `contact` is who answers for them.
    """

    class Kind(models.TextChoices):
        """What breaking a rule looks like."""

        AD = "ad"
        CONTACT = "contact"
        QR = "qr"
        ABUSE = "abuse"
        FLOOD = "flood"
        CALL_ALL = "call_all"

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    intro = models.CharField(max_length=500, default="", blank=True)
    rules = models.JSONField(default=list)
    contact = models.CharField(max_length=120, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "version"], name="rules_version_once"),
        ]

    def __str__(self) -> str:
        return f"rules of {self.community_id}, version {self.version}"


class Reading(models.Model):
    """Somebody said on the public page that they have read a version of the rules.

    `name` is what they call themselves there, casefolded; who it is stays open.
    """

    rules = models.ForeignKey(Rules, on_delete=models.CASCADE, related_name="readings")
    name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rules", "name"], name="reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} has read {self.rules_id}"
