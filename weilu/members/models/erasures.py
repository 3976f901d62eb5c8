"""That a person was erased: on record without naming them (C-3)."""

from __future__ import annotations

from django.db import models

from weilu.members.models.people import Member


class Erasure(models.Model):
    """One person's removal from everything; `member` is empty as soon as they are gone.

    `counts` says how much went, by kind. `everywhere`: their names go also where others wrote
    them; else only where somebody is addressed by them.
    """

    class Reason(models.TextChoices):
        """Why."""

        ASKED = "asked"
        WITHDRAWN = "withdrawn"
        NO_LONGER_NEEDED = "not_needed"
        UNLAWFUL = "unlawful"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        COUNTING = "counting"
        DONE = "done"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    everywhere = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    counts = models.JSONField(default=dict)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(member__isnull=False),
                name="erasure_once",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}: {self.state}"
