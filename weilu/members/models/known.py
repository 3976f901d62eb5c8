"""What staff know of members: tags, notes, facts of their own, consents (C-3).

All of it hangs on an identity, the first of the member it was written of, and belongs to whoever
stands behind that identity: so a merge takes it along and an un-merge takes it back.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from weilu.members.models.people import Identity


class Colour(models.TextChoices):
    """Colours of tags; always shown with the tag's name."""

    GREY = "grey"
    EMBER = "ember"
    AMBER = "amber"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    VIOLET = "violet"
    PINK = "pink"


class TagGroup(models.Model):
    """Tags that belong together and share a colour."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=8, choices=Colour.choices, default=Colour.GREY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="tag_group_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word staff put on members; `days` after which it falls off by itself, null: never."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(TagGroup, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=60)
    days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="tag_once"),
            models.CheckConstraint(condition=Q(days=None) | Q(days__gte=1), name="tag_days"),
        ]

    def __str__(self) -> str:
        return self.name


class Deed(models.Model):
    """One time that a tag was put on, or taken off, some members; can be undone as a whole.

    What a list of customers brought in parts is one, too: `of_list`, as long as that is kept.
    """

    class Kind(models.TextChoices):
        """What was done."""

        TAG = "tag"
        UNTAG = "untag"
        EXPIRE = "expire"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    members = models.IntegerField(default=0)
    # Empty: Weilu itself.
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    of_list = models.ForeignKey(
        "members.CustomerList", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"], name="deed_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.tag_id} × {self.members}"


class Tagging(models.Model):
    """A tag on somebody: put on by `deed`, taken off by `removed`; stays as history.

    From `expires_at` on it no longer counts, whether or not it was already taken off.
    """

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    deed = models.ForeignKey(Deed, on_delete=models.CASCADE, related_name="+")
    removed = models.ForeignKey(
        Deed, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Also what segments read: the tag first, then who.
            models.UniqueConstraint(
                fields=["tag", "identity"], condition=Q(removed=None), name="tagging_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(removed=None, expires_at__isnull=False),
                name="tagging_expires",
            ),
            # Without the tags that are on, which are most: SQLite would read them all by it.
            models.Index(
                fields=["removed"], condition=Q(removed__isnull=False), name="tagging_removed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.identity_id}"


class Note(models.Model):
    """Something a person of the team wrote down about a member."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note {self.pk}"


class Field(models.Model):
    """A fact the workspace keeps of members, with its type; `choices` are those of a choice."""

    class Kind(models.TextChoices):
        """What its values are."""

        TEXT = "text"
        NUMBER = "number"
        DAY = "day"
        CHOICE = "choice"
        YES_NO = "yes_no"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    choices = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="field_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Fact(models.Model):
    """A value of a field; in the column of its type. Replaced ones stay as history.

    `text` holds texts and choices, `number` numbers and 1 or 0 for yes and no.
    """

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+", db_index=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500, default="", blank=True)
    number = models.FloatField(null=True)
    day = models.DateField(null=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    # Null: it holds.
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["field", "identity"], condition=Q(replaced_at=None), name="fact_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["field", "number", "identity"],
                condition=Q(replaced_at=None),
                name="fact_by_number",
            ),
            models.Index(
                fields=["field", "text", "identity"],
                condition=Q(replaced_at=None),
                name="fact_by_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.identity_id}"


class Consent(models.Model):
    """What a member agreed to, when, in which words, and until when it held."""

    class Purpose(models.TextChoices):
        """What they agreed to."""

        CONTACT = "contact"
        MARKETING = "marketing"
        PROFILING = "profiling"
        PUBLISHING = "publishing"
        SHARING = "sharing"

    class Way(models.TextChoices):
        """How they said so."""

        CHAT = "chat"
        FORM = "form"
        PAPER = "paper"
        SPOKEN = "spoken"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    way = models.CharField(max_length=8, choices=Way.choices)
    wording = models.TextField()
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        "core.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "purpose"],
                condition=Q(withdrawn_on=None),
                name="consent_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=models.F("given_on")),
                name="consent_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "purpose", "identity"],
                condition=Q(withdrawn_on=None),
                name="consent_holding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.identity_id}"
