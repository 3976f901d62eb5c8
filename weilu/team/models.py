"""Posts of a community and its seed members (A-7, A-8)."""

from __future__ import annotations

from django.db import models

from weilu.team.rules.roles import Layer, Role


class Post(models.Model):
    """Something to be done in a community and who does it: staff, a member, or a name.

    `identity` is the first of the member it was given to, so a merge takes it along. All three
    empty: the post waits for somebody.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    layer = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Layer])
    role = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Role])
    duty = models.CharField(max_length=200, default="", blank=True)
    user = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    identity = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    somebody = models.CharField(max_length=60, default="", blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.role} of {self.community_id}"


class Seed(models.Model):
    """A member who is to begin a community with you, and how far that is.

    `reasons` is what spoke for them when they were chosen: lists [evidence, number].
    """

    class State(models.TextChoices):
        """How far it is."""

        TO_INVITE = "to_invite"
        INVITED = "invited"
        AGREED = "agreed"
        IN = "in"
        NO = "no"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    identity = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_INVITE)
    reasons = models.JSONField(default=list)
    note = models.CharField(max_length=300, default="", blank=True)
    thanked_at = models.DateTimeField(null=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "identity"], name="seed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.identity_id} begins {self.community_id}: {self.state}"
