"""Groups and who is in them (handbook B)."""

from __future__ import annotations

from django.db import models


class Group(models.Model):
    """A chat group; a container of a community, on one platform."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    platform = models.CharField(max_length=16)
    external_key = models.CharField(max_length=200, default="", blank=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "platform", "name"], name="group_name_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "platform", "external_key"],
                condition=~models.Q(external_key=""),
                name="group_key_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """What an identity has done in a group so far: joined, spoke, left.

    `joined_ms` and `spoke_ms` are first times, the `last_` columns newest; null: never seen to.
    A row exists for everybody ever seen, also those who never said a word.
    """

    # The key begins with the group; and the row is written with its identity in one transaction.
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey(
        "members.Identity", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    messages = models.BigIntegerField(default=0)
    joins = models.IntegerField(default=0)
    leaves = models.IntegerField(default=0)
    joined_ms = models.BigIntegerField(null=True)
    last_joined_ms = models.BigIntegerField(null=True)
    last_left_ms = models.BigIntegerField(null=True)
    spoke_ms = models.BigIntegerField(null=True)
    last_spoke_ms = models.BigIntegerField(null=True)
    first_seen_ms = models.BigIntegerField()

    pk = models.CompositePrimaryKey("group_id", "identity_id")

    def __str__(self) -> str:
        return f"{self.identity_id} in {self.group_id}"
