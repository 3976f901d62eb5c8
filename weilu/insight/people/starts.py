"""What operators look for first, as trees: to make one's own of, and what the demo's shop keeps."""

from __future__ import annotations

from weilu.members.segments.trees import Branch, Leaf

NO_STAFF = Leaf("role", {"role": ["staff", "bot"]}, negated=True)

SILENT_NEWCOMERS = Branch(
    of=(Leaf("newcomer", {"days": "14"}), Leaf("messages", {"from": "1"}, negated=True))
)
QUIET_REGULARS = Branch(
    of=(
        Leaf("messages", {"from": "20"}),
        Leaf("quiet", {"days": "30"}),
        Leaf("left", negated=True),
        NO_STAFF,
    )
)
TALKERS = Branch(of=(Leaf("spoke", {"times": "3", "days": "14"}), NO_STAFF))
