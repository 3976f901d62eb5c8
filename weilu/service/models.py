"""Questions members ask and the answers they get (H-2)."""

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
    identity = models.ForeignKey(
        "members.Identity", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.IntegerField()
    asked_ms = models.BigIntegerField()
    answer_id = models.BigIntegerField(null=True)
    answered_by = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    answer_after_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["group", "day"], name="question_by_day"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
