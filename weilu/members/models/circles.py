"""Circles: members with the same interests, named and kept by the operator (C-5)."""

from __future__ import annotations

from django.db import models

from weilu.members.models.people import Identity


class Circle(models.Model):
    """A circle with a name and what holds it together."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=500, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="circle_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CircleMember(models.Model):
    """Somebody in a circle, by the oldest of their identities; `left_at` null: still in it."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "identity"],
                condition=models.Q(left_at=None),
                name="circle_member_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id} in {self.circle_id}"
