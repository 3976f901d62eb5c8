"""People and the identities they appear under (handbook C-1).

A member bears the id of the identity it was first seen under. Messages and roll-ups point at
identities, which never change; who stands behind an identity is one column. So a merge moves a
few rows, an un-merge moves them back, and nothing counted has to be counted again.
"""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import Exact


class Member(models.Model):
    """One person, or one bot."""

    class Nature(models.TextChoices):
        """What is behind the name; a relay is an account through which people speak."""

        PERSON = "person"
        BOT = "bot"
        RELAY = "relay"

    class Source(models.TextChoices):
        """Who said so; what the operator said is never overruled by evidence."""

        NONE = ""
        PLATFORM = "platform"
        EVIDENCE = "evidence"
        OPERATOR = "operator"

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200)
    nature = models.CharField(max_length=8, choices=Nature.choices, default=Nature.PERSON)
    nature_source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.NONE, blank=True
    )
    nature_reasons = models.JSONField(default=list)
    is_staff = models.BooleanField(default=False)
    staff_source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.NONE, blank=True
    )
    staff_reasons = models.JSONField(default=list)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "name_folded", "id"], name="member_by_name"),
            models.Index(
                fields=["workspace", "nature"],
                condition=~models.Q(nature="person"),
                name="member_not_person",
            ),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="member_merged",
            ),
            # With the second column SQLite prefers it to the index of everybody.
            models.Index(
                fields=["workspace", "merged_into"],
                condition=models.Q(is_staff=True),
                name="member_staff",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """An account on a platform, or, where a file gives names only, a name within one group.

    `scope` is 0 for accounts, else the id of the group the name belongs to. `through` is set for
    who has no account here: a bridge passes on what they say (`rules.voices`).
    """

    id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(max_length=16)
    scope = models.BigIntegerField(default=0)
    account = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    # Unchecked: who spoke through a bridge stays when that is erased.
    through = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "platform", "scope", "account"], name="identity_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "id"],
                condition=~models.Q(member=models.F("id")),
                name="identity_moved",
            ),
            models.Index(
                fields=["workspace", "through"],
                condition=models.Q(through__isnull=False),
                name="identity_through",
            ),
        ]

    def __str__(self) -> str:
        return self.name


# Identities of another member than the one whose id they bear: the few that a merge moved. Written
# as the condition of the index above is, or the databases would read every identity instead.
MOVED = ~Exact(models.F("member_id"), models.F("id"))


class Alias(models.Model):
    """A name an identity was seen under, with when it first was."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    first_ms = models.BigIntegerField()
    # What brought it first: an import's bundle, 0 for none.
    source_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "name"], name="alias_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """That two members were found to be one person; can be undone, also by evidence's owner.

    `identities` are the ids that moved from `absorbed` to `kept`.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    kept = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    absorbed = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    identities = models.JSONField()
    source = models.CharField(max_length=10, choices=Member.Source.choices)
    reasons = models.JSONField(default=list)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.kept_id}"


class Suggestion(models.Model):
    """Two members who may be one person: for an operator to decide."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open"
        MERGED = "merged"
        REJECTED = "rejected"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    strength = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="suggestion_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="suggestion_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"
