"""The language the command line speaks: that of the terminal, with or without Django at hand.

`WEILU_LANGUAGE` decides where it is set, else LC_ALL, LC_MESSAGES or LANG, as everywhere on a
terminal. The words are those of the interface's catalogue; what scripts read stays English.
"""

from __future__ import annotations

import gettext as standard
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from weilu.config.options import load

LOCALE = Path(__file__).resolve().parent.parent / "locale"
CHINESE, ENGLISH = "zh-hans", "en"
_FOLDERS = {CHINESE: "zh_Hans"}


class _Speech:
    """What is spoken just now; English until somebody looks at the terminal."""

    language = ENGLISH
    words: standard.NullTranslations = standard.NullTranslations()


def language_of(environment: Mapping[str, str], chosen: str = "") -> str:
    """The language of a terminal: `chosen` if given, else by the first locale that is set."""
    locales = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = chosen or next((one for one in locales if one), "")
    return CHINESE if wanted.lower().startswith("zh") else ENGLISH


def speak(language: str) -> None:
    """Speak this language from now on; English where its words have not been compiled."""
    _Speech.language = language
    _Speech.words = standard.NullTranslations()
    if language in _FOLDERS:
        _Speech.words = standard.translation(
            "django", LOCALE, languages=[_FOLDERS[language]], fallback=True
        )


def speak_as_terminal() -> None:
    """Speak the language of the settings or of the terminal."""
    try:
        options = load()
    except (ValidationError, OSError):
        # Which setting is wrong is said later, in the terminal's language.
        chosen = ""
    else:
        chosen = options.language if "language" in options.model_fields_set else ""
    speak(language_of(os.environ, chosen))


def spoken() -> str:
    """The language spoken, as Django calls it."""
    return _Speech.language


def gettext(text: str) -> str:
    """A sentence in the language spoken."""
    return _Speech.words.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """A sentence about `count` things in the language spoken."""
    return _Speech.words.ngettext(one, many, count)


def gettext_noop(text: str) -> str:
    """The sentence as it is, known to the catalogue."""
    return text
