"""Who moves others, on real channels: the top answerers are among the KOC, machines are not (C-6).

Who answers is counted here from the reply graph in the plainest way.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from weilu.config.cli import build
from weilu.core.models import Workspace
from weilu.insight.models import Influence
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.keeping import keep_worth
from weilu.members.actions.scores import rescore
from weilu.members.models import Goodwill, Member
from weilu.members.queries import people
from weilu.service.models import Pair

DATA = Path(os.getenv("WEILU_DATA") or Path(__file__).parents[5] / "shared" / "data")
CASES = [
    ("irc_raku_2023", "raku_2023.zip", {"camelia", "evalable6", "discord-raku-bot"}),
    ("irc_ubuntu_cn_2013", "ubuntu-cn_2013-01-01_to_15.zip", {"kk", "ubottu"}),
]


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(("folder", "file", "machines"), CASES, ids=[c[0] for c in CASES])
def test_top_answerers_are_in_the_list(folder: str, file: str, machines: set[str]) -> None:
    if not (DATA / folder / file).exists():
        pytest.skip("the shared data sets are not beside the project")
    words = ["import", str(DATA / folder / file), "--group", "g", "--tz", "UTC", "--json"]
    done = CliRunner().invoke(build("import"), words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    workspace = Workspace.objects.get().pk
    known = people(workspace)
    not_people = Member.objects.exclude(nature=Member.Nature.PERSON)
    left_out = {*not_people.values_list("pk", flat=True), *known.staff}
    answered: Counter[int] = Counter()
    for by, whom, links in Pair.objects.values_list("answering", "answered", "links"):
        one, other = known.moved.get(by, by), known.moved.get(whom, whom)
        if one != other and other not in known.bots and one not in left_out:
            answered[one] += links
    ranked = list(Influence.objects.order_by("-points", "pk").values_list("pk", flat=True))

    top = [pk for pk, _n in answered.most_common(10)]
    assert set(top) <= set(ranked[:30])
    assert ranked[0] in top[:3]
    assert not set(ranked) & left_out
    named = Member.objects.filter(pk__in=ranked, merged_into=None).values_list("name", flat=True)
    assert not machines & {name.casefold() for name in named}

    # Once more, and from the ledgers alone: the same.
    columns = [f.attname for f in Influence._meta.fields]
    before = list(Influence.objects.order_by("pk").values(*columns))
    scores = list(Goodwill.objects.order_by("pk").values("pk", "base", "people", "level"))
    keep_worth(workspace)
    assert rescore(workspace, today_of(workspace)) == 0
    assert list(Influence.objects.order_by("pk").values(*columns)) == before
    assert list(Goodwill.objects.order_by("pk").values("pk", "base", "people", "level")) == scores
