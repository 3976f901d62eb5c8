"""The forms of a page as a browser sees them: what each would send, by which button and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Given = dict[str, str | None]


@dataclass
class Form:
    """A form; `offers` are the values nobody types, chosen or not, by field."""

    address: str
    is_post: bool
    sends: dict[str, list[str]] = field(default_factory=dict)
    offers: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def ways(self) -> list[tuple[str, dict[str, list[str]]]]:
        """Address and data of each button; of the form itself where no button says more."""
        told = [
            (where or self.address, {**self.sends, name: [value]} if name else dict(self.sends))
            for name, value, where in self.buttons
        ]
        return told or [(self.address, dict(self.sends))]


class Forms(HTMLParser):
    """Reads a page; `found` are its forms."""

    def __init__(self, page: str, url: str) -> None:
        """Read the page of this address at once."""
        super().__init__()
        self.found: list[Form] = []
        self._url = url
        self._inside: Form | None = None
        self._select = ""
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in what a tag adds to the form it stands in."""
        given: Given = dict(attrs)
        if tag == "form":
            address = given.get("action") or self._url
            self._inside = Form(address, (given.get("method") or "get").lower() == "post")
            self.found.append(self._inside)
        elif self._inside is not None:
            self._take(self._inside, tag, given)

    def _take(self, form: Form, tag: str, given: Given) -> None:
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._choice(form, self._select, value, is_chosen="selected" in given)
        elif tag == "textarea":
            self._area = name
            form.sends[name] = [""]
        elif tag == "button" and given.get("type") != "button":
            form.buttons.append((name, value, given.get("formaction") or ""))
            form.offers.append((name, value))
        elif tag == "input" and name:
            self._input(form, given.get("type") or "text", given)

    def _input(self, form: Form, kind: str, given: Given) -> None:
        name, value = given.get("name") or "", given.get("value") or ""
        if kind in {"checkbox", "radio", "hidden"}:
            is_chosen = kind == "hidden" or "checked" in given
            self._choice(form, name, value, is_chosen=is_chosen)
        elif kind != "file":
            form.sends.setdefault(name, []).append(value)

    def _choice(self, form: Form, name: str, value: str, *, is_chosen: bool) -> None:
        form.offers.append((name, value))
        if is_chosen:
            form.sends.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        """Text of a field of several lines."""
        if self._inside is not None and self._area:
            self._inside.sends[self._area] = [self._inside.sends[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        """Leave what ends."""
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
