"""Saved segments, who is in them, and how that changed (C-9)."""

from __future__ import annotations

from django.db import models

from weilu.members.models.known import Tag


class Segment(models.Model):
    """A tree of conditions with a name; `ids` are the members it held when last counted.

    `tag`, if any, is kept on exactly these members. `version` moves on with every counting.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    tree = models.JSONField()
    ids = models.BinaryField(default=bytes)
    members = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    tag = models.OneToOneField(Tag, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="segment_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMove(models.Model):
    """Who came into a segment and who left it in one counting: bitmaps of member ids."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    entered = models.BinaryField()
    left = models.BinaryField()
    entered_members = models.IntegerField()
    left_members = models.IntegerField()
    # That the segment itself was changed, not the people; that nobody had counted it before.
    was_edited = models.BooleanField(default=False)
    was_first = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["segment", "-at"], name="segment_move_newest")]

    def __str__(self) -> str:
        return f"+{self.entered_members} −{self.left_members} in {self.segment_id}"
