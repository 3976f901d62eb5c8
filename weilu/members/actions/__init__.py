"""Writes about people; `tags`, `notes`, `facts` and `consents` are modules of their own."""

from weilu.members.actions.people import (
    mark,
    mark_by_evidence,
    merge,
    merge_by_evidence,
    reject_suggestion,
    suggest,
    unmerge,
    vetoed_pairs,
)

__all__ = [
    "mark",
    "mark_by_evidence",
    "merge",
    "merge_by_evidence",
    "reject_suggestion",
    "suggest",
    "unmerge",
    "vetoed_pairs",
]
