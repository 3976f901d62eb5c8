"""Customers brought in from a shop's list: matched by keyed hash, shown from a sealed text."""

from __future__ import annotations

from django.db import models

from weilu.core.sealed import SealedField
from weilu.members.models.people import Identity


class Customer(models.Model):
    """That somebody is a customer; `phone_mark` is a keyed hash, the number itself is sealed."""

    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    phone_mark = models.CharField(max_length=64, default="", blank=True)
    phone_sealed = SealedField(default="", blank=True)
    phone_tail = models.CharField(max_length=4, default="", blank=True)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "phone_mark"],
                condition=~models.Q(phone_mark=""),
                name="customer_phone_once",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-at", "id"], name="customer_newest")]

    def __str__(self) -> str:
        return f"customer {self.pk}"


class CustomerList(models.Model):
    """An uploaded list: sealed until it is imported, then how far the import is.

    `sealed` is empty once the rows wait in parts; `refused` counts values that fit no field.
    """

    class State(models.TextChoices):
        """What becomes of it."""

        LOOKED_AT = "looked_at"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        UNDOING = "undoing"
        UNDONE = "undone"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=120)
    sealed = SealedField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.LOOKED_AT)
    wording = models.CharField(max_length=2000, default="", blank=True)
    agreed_on = models.DateField(null=True)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("core.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file_name


class CustomerPart(models.Model):
    """Some rows of a list that wait to be brought in, sealed; gone in the transaction that does."""

    of = models.ForeignKey(CustomerList, on_delete=models.CASCADE, related_name="+")
    sealed = SealedField()

    def __str__(self) -> str:
        return f"part {self.pk} of {self.of_id}"


class CustomerMade(models.Model):
    """What a part of a list made, so that it can be taken back: ids of rows, by table."""

    of = models.ForeignKey(CustomerList, on_delete=models.CASCADE, related_name="+")
    made = models.JSONField()

    def __str__(self) -> str:
        return f"made {self.pk} of {self.of_id}"
