"""What the import pages say: problems as sentences with file and place, formats, zones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.chat.models import Import
from weilu.chat.ports import FORMATS
from weilu.console.sentences import SENTENCES

SENTENCES.update(
    {
        "no_files": gettext_lazy("Choose at least one file."),
        "upload_too_large": gettext_lazy(
            "These files are larger than this server takes at once. Bring them in one by one, or"
            " with the command weilu import."
        ),
        "unknown_zone": gettext_lazy("This time zone is not known."),
        "unknown_day_order": gettext_lazy("Choose the order of day and month."),
        "unknown_day": gettext_lazy("This is no day of the calendar."),
        "import_is_running": gettext_lazy("This import is running already."),
        "import_not_finished": gettext_lazy("Only a finished import can be taken back."),
        "nothing_to_import": gettext_lazy("There is nothing to read in these files."),
        "columns_missing": gettext_lazy(
            "Say which column holds the time and which the writer, or leave the table out."
        ),
        "group_name_missing": gettext_lazy("Every group needs a name."),
    }
)

# So much of what stands in a place is shown.
EXCERPT_CHARS = 60
_PROBLEMS: dict[str, str | Promise] = {
    "empty": gettext_lazy("There is nothing in it."),
    "not_text": gettext_lazy("It is a picture, a document or a program, not text."),
    "encoding": gettext_lazy("Some letters are in no known encoding."),
    "truncated": gettext_lazy("It ends in the middle of a message. Export it again if you can."),
    "bad_record": gettext_lazy("What stands there is no message."),
    "no_rows": gettext_lazy(
        "It has headings and not one row below them. Export it again, or fill it in first."
    ),
    "no_writer": gettext_lazy("The cell of the writer is empty."),
    "other_columns": gettext_lazy(
        "This sheet has other columns than the first with talk on it; it was left out. Bring it"
        " in as a file of its own."
    ),
    "bad_time": gettext_lazy("The time cannot be read."),
    "time_range": gettext_lazy("The time lies before 1970 or in the future; it was left out."),
    "long_line": gettext_lazy("The line is longer than any message; it was cut."),
    "too_deep": gettext_lazy("It is nested deeper than any chat export."),
    "archive_bomb": gettext_lazy("It unpacks to far more than it should; it was not opened."),
    "archive_path": gettext_lazy("A file in it points outside the archive; it was passed over."),
    "archive_broken": gettext_lazy("The archive is damaged. Copy or download it again."),
    "archive_unknown": gettext_lazy(
        "Weilu opens zip and tar archives, but not this kind. Unpack it, then bring in what is"
        " inside, or pack that as a zip."
    ),
    "encrypted": gettext_lazy("It has a password. Unpack it first, then bring in what is inside."),
    "unknown_format": gettext_lazy("No chat export that Weilu knows looks like this."),
}

# Products keep their names; what kind of file it is, is said in the reader's language.
FORMAT_WORDS: dict[str, str | Promise] = {
    "chatlab": gettext_lazy("ChatLab JSON"),
    "chatlab_lines": gettext_lazy("ChatLab JSON Lines"),
    "telegram": gettext_lazy("Telegram Desktop JSON"),
    "discord": gettext_lazy("DiscordChatExporter JSON"),
    "qq_exporter": gettext_lazy("QQ (qq-chat-exporter JSON)"),
    "wechat_chatlog": gettext_lazy("WeChat (chatlog JSON)"),
    "wechat_weflow": gettext_lazy("WeChat (WeFlow, echotrace JSON)"),
    "messenger": "Messenger, Instagram (JSON)",
    "skype": "Skype (JSON)",
    "signal_export": "Signal (signal-export JSON)",
    "signal_cli": "Signal (signal-cli JSON)",
    "google_chat": "Google Chat (Takeout)",
    "teams": "Microsoft Teams (Graph JSON)",
    "rocketchat": "Rocket.Chat (JSON)",
    "mattermost_bulk": gettext_lazy("Mattermost bulk export"),
    "mattermost": gettext_lazy("Mattermost posts (API)"),
    "gitter": "Gitter (JSON)",
    "telegram_html": gettext_lazy("Telegram Desktop pages (HTML)"),
    "discord_html": gettext_lazy("DiscordChatExporter pages (HTML)"),
    "discord_text": gettext_lazy("DiscordChatExporter text"),
    "slack": gettext_lazy("Slack export"),
    "matrix": gettext_lazy("Matrix (Element JSON)"),
    "zulip": gettext_lazy("Zulip archive"),
    "zulip_realm": gettext_lazy("Zulip export"),
    "whatsapp": gettext_lazy("WhatsApp text"),
    "qq_text": gettext_lazy("QQ text"),
    "qq_window": gettext_lazy("Copied out of QQ"),
    "memotrace": gettext_lazy("WeChat CSV (MemoTrace)"),
    "memotrace_chat": gettext_lazy("WeChat CSV of one chat (MemoTrace)"),
    "pywxdump": gettext_lazy("WeChat CSV (PyWxDump)"),
    "chatlog_csv": gettext_lazy("WeChat CSV (chatlog)"),
    "discord_csv": gettext_lazy("Discord CSV (DiscordChatExporter)"),
    "qq_exporter_text": gettext_lazy("QQ text (qq-chat-exporter)"),
    "wechat_text": gettext_lazy("WeChat text (MemoTrace, WeFlow)"),
    "chatlog_text": gettext_lazy("WeChat text (chatlog)"),
    "wechat_mail": gettext_lazy("WeChat messages sent by mail"),
    "kakaotalk": gettext_lazy("KakaoTalk text"),
    "kakaotalk_csv": "KakaoTalk CSV",
    "line_text": gettext_lazy("LINE text"),
    "irc": gettext_lazy("IRC log"),
    "signal": gettext_lazy("Signal text"),
    "table": gettext_lazy("Table (CSV or xlsx)"),
    "demo": gettext_lazy("Demo"),
}

STATE_WORDS: dict[str, str | Promise] = {
    Import.State.UPLOADED: gettext_lazy("Uploaded"),
    Import.State.LOOKING: gettext_lazy("Looking"),
    Import.State.READY: gettext_lazy("Waits for you"),
    Import.State.RUNNING: gettext_lazy("Reading in"),
    Import.State.DONE: gettext_lazy("Brought in"),
    Import.State.FAILED: gettext_lazy("Failed"),
    Import.State.CANCELLED: gettext_lazy("Taken back"),
}

# Where chat groups of this kind mostly are; the others follow by name.
COMMON_ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "UTC",
)


def problem_sentence(problem: Mapping[str, Any]) -> str:
    """One problem: the file, the place in it, and what is wrong there."""
    text = str(_PROBLEMS.get(problem["code"], _("It cannot be read.")))
    place = _place(str(problem["unit"]), int(problem["number"]))
    said = _("%(file)s, %(place)s: %(text)s") if place else _("%(file)s: %(text)s")
    said %= {"file": problem["path"], "place": place, "text": text}
    excerpt = " ".join(str(problem.get("excerpt", "")).split())[:EXCERPT_CHARS]
    if not excerpt:
        return said
    return _("%(said)s It reads: “%(excerpt)s”") % {"said": said, "excerpt": excerpt}


def _place(unit: str, number: int) -> str:
    """Where it stands; nothing for the very beginning of a file."""
    if unit == "line":
        return _("line %(number)s") % {"number": number}
    if unit == "record":
        return _("message %(number)s") % {"number": number}
    return _("byte %(number)s") % {"number": number} if number > 1 else ""


def format_label(name: str) -> str:
    """What a format is called in the reader's language; its stored name when it is unknown."""
    return str(FORMAT_WORDS.get(name) or name)


def plain_label(name: str) -> str:
    """What a format calls itself; "" when it is no longer known."""
    found = FORMATS.formats.get(name)
    return found.label if found else ""


def other_zones() -> list[str]:
    """Every zone that is not among the common ones, by name."""
    named = (z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix")))
    return sorted(set(named) - set(COMMON_ZONES))
