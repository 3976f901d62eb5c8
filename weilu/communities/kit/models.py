"""Pieces of a starter kit as they were written."""

from __future__ import annotations

from django.db import models


class KitPiece(models.Model):
    """One piece of a community's starter kit; `used_at` is when it was put where it belongs."""

    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    piece = models.CharField(max_length=12)
    text = models.TextField()
    used_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "piece"], name="kit_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.piece} of {self.community_id}"
