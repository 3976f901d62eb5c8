"""How much of what members see may be promotion (D-2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from weilu.content.rules import DAYS, HOLD_PERCENT, MOST_DAYS, WARN_PERCENT


class PromotionPolicy(models.Model):
    """A community's own limits; without a row the usual ones hold (`rules`)."""

    community = models.OneToOneField(
        "communities.Community", on_delete=models.CASCADE, related_name="+"
    )
    warn_percent = models.PositiveSmallIntegerField(default=WARN_PERCENT)
    hold_percent = models.PositiveSmallIntegerField(default=HOLD_PERCENT)
    days = models.PositiveSmallIntegerField(default=DAYS)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(warn_percent__gte=1, hold_percent__lte=100)
                & Q(warn_percent__lte=F("hold_percent")),
                name="promotion_percents",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=MOST_DAYS), name="promotion_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warn_percent}/{self.hold_percent} % in {self.days} days"
