"""What chat offers to doors: plain values and Protocols; nothing here touches a database.

A connector or a format reader knows this package and nothing else of ours (handbook K-4).
`records` what happens in a group; `files` chat history in files; live platforms: `abilities`,
`orders` out and arrivals in, `sessions`, `connectors`.
"""

from weilu.chat.ports.files import (
    DEMO,
    FORMATS,
    PROBLEMS,
    Answers,
    Bundle,
    DayOrder,
    DemoStory,
    Entry,
    Format,
    FormatRegistry,
    Found,
    Portion,
    Problem,
    Question,
    Survey,
    Unreadable,
    Writer,
)
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind, Platform

__all__ = [
    "DEMO",
    "FORMATS",
    "PROBLEMS",
    "Answers",
    "Bundle",
    "ChatRef",
    "DayOrder",
    "DemoStory",
    "Entry",
    "Form",
    "Format",
    "FormatRegistry",
    "Found",
    "Inbound",
    "Kind",
    "Platform",
    "Portion",
    "Problem",
    "Question",
    "Survey",
    "Unreadable",
    "Writer",
]
