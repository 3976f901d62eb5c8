"""The plan of a community: the sheet being written, its versions, answers to questions (A)."""

from __future__ import annotations

from django.db import models


class Canvas(models.Model):
    """The sheet as it is being written; each step is saved by itself (A-1 to A-3).

    The name is the community's own. `promises` is value → how it is given. `touched` is step →
    id of who wrote it last: two who write the same step at once do not undo each other.
    """

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    purpose = models.TextField(default="", blank=True)
    goal = models.TextField(default="", blank=True)
    audience = models.TextField(default="", blank=True)
    not_for = models.TextField(default="", blank=True)
    needs = models.TextField(default="", blank=True)
    pains = models.TextField(default="", blank=True)
    promises = models.JSONField(default=dict)
    kind = models.CharField(max_length=10, default="", blank=True)
    tier = models.CharField(max_length=10, default="", blank=True)
    themes = models.TextField(default="", blank=True)
    voice = models.CharField(max_length=200, default="", blank=True)
    tone = models.TextField(default="", blank=True)
    trade = models.CharField(max_length=20, default="", blank=True)
    touched = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"canvas of {self.community_id}"


class CanvasVersion(models.Model):
    """A sheet as it was when somebody said "this is our plan from today"; never changed."""

    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    sheet = models.JSONField()
    note = models.CharField(max_length=200, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "version"], name="canvas_version_once"),
        ]

    def __str__(self) -> str:
        return f"plan of {self.community_id}, version {self.version}"


class FitCheck(models.Model):
    """The answers about the product, question → points, and what came of them (A-4)."""

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    points = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"fit of {self.community_id}: {self.verdict}"


class PlatformPlan(models.Model):
    """What was asked of a platform, and which was chosen, "" for none yet (A-5)."""

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    chosen = models.CharField(max_length=20, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"platform of {self.community_id}: {self.chosen}"
