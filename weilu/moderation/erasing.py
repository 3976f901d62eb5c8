"""What those who keep order hold of one person: bans, second looks, reports, readings of rules."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from weilu.communities.models import Reading
from weilu.members.traces import ERASERS, FURTHER, Person
from weilu.moderation.models import Appeal, Ban, Report, Violation


def erase_order(person: Person) -> dict[str, int]:
    """Remove what followed for them and what they reported; blank their names in the rest.

    Their violations themselves go with all rows about them.
    """
    theirs = _violations(person)
    gone = second_looks(person).delete()[0]
    gone += Ban.objects.filter(violation__in=theirs).delete()[0]
    mine = Report.objects.filter(workspace_id=person.workspace_id)
    gone += mine.filter(Q(reporter_id__in=person.member_ids) | Q(name__in=person.names)).delete()[0]
    folded = {name.casefold() for name in person.names}
    readings = Reading.objects.filter(rules__workspace_id=person.workspace_id, name__in=folded)
    gone += readings.delete()[0]
    _blank(person)
    return {"order": gone}


def _violations(person: Person) -> QuerySet[Violation]:
    return Violation.objects.filter(
        Q(member_id__in=person.member_ids) | Q(identity_id__in=person.identity_ids),
        workspace_id=person.workspace_id,
    )


def second_looks(person: Person) -> QuerySet[Appeal]:
    """Second looks they asked for: they point at what they were told off for."""
    return Appeal.objects.filter(violation__in=_violations(person))


def _blank(person: Person) -> None:
    """Take their names out of what others reported, asked and were answered."""
    for row in Report.objects.filter(workspace_id=person.workspace_id).exclude(words=""):
        words = person.blanker.blank(row.words)
        if words != row.words:
            Report.objects.filter(pk=row.pk).update(words=words)
    for one in Appeal.objects.filter(workspace_id=person.workspace_id):
        said, answer = person.blanker.blank(one.words), person.blanker.blank(one.answer)
        if (said, answer) != (one.words, one.answer):
            Appeal.objects.filter(pk=one.pk).update(words=said, answer=answer)


ERASERS["moderation"] = erase_order
FURTHER.append(second_looks)
