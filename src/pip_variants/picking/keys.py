"""The names of keys, read out of what a terminal sends for them."""

from __future__ import annotations

import re

__all__ = ["CANCEL", "REDRAW", "split_keys"]

CANCEL = "cancel"
"""The key that is reported when there will be no more keys."""
REDRAW = "redraw"
"""The key that is reported when the screen changed its size, or was lost."""

_CONTROLS = {
    "\r": "enter",
    "\n": "enter",
    "\x08": "backspace",
    "\x7f": "backspace",
    "\x03": CANCEL,  # Ctrl-C
    "\x04": CANCEL,  # Ctrl-D, the end of input
    "\x1c": CANCEL,  # Ctrl-\
    "\x0c": REDRAW,  # Ctrl-L
    "\x0e": "down",  # Ctrl-N
    "\x10": "up",  # Ctrl-P
    "\x1a": "suspend",  # Ctrl-Z
    "\x1b": "escape",
}
_FINALS = {"A": "up", "B": "down", "D": "left", "F": "end", "H": "home"}
_NUMBERED = {
    "1": "home",
    "4": "end",
    "5": "page up",
    "6": "page down",
    "7": "home",
    "8": "end",
}
# ECMA-48, 5.4: parameters, intermediates, one final character.
_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1bO(?P<application>[ -~])"
    r"|\x1b\[?[^\x1b]"  # Alt and a key; a broken sequence
    r"|(?P<single>\x1b(?=\x1b)|[^\x1b])",
    re.DOTALL,
)
_BEGUN = re.compile(r"\x1b(?:\[[0-?]{0,30}[ -/]{0,4}|O)?\Z")


def split_keys(text: str, *, last: bool = False) -> tuple[list[str], str]:
    r"""Return the names of the keys in *text*, and what may be the start of another.

    Printable characters are their own names. What has no name is left out. *last*
    says that nothing more belongs to this text: so a lone Escape is the key.

    >>> split_keys("j" + chr(27) + "[A" + chr(13) + chr(27))
    (['j', 'up', 'enter'], '\x1b')
    >>> split_keys(chr(27), last=True)
    (['escape'], '')
    """
    keys: list[str] = []
    place = 0
    while place < len(text):
        if _BEGUN.match(text, place):
            if not last:
                return keys, text[place:]
            if text[place:] == "\x1b":
                keys.append("escape")
            break
        found = _SEQUENCE.match(text, place)
        if found is None:
            break
        place = found.end()
        key = _name(found)
        if key:
            keys.append(key)
    return keys, ""


def _name(found: re.Match[str]) -> str | None:
    """Return the name of one key, or None where it has none."""
    if single := found["single"]:
        plain = single.isprintable() and single.isascii()
        return single if plain else _CONTROLS.get(single)
    if found["final"] == "~":
        return _NUMBERED.get(found["parameters"])
    key = _FINALS.get(found["final"] or found["application"])
    # With Shift, Alt or Ctrl; not every terminal tells.
    if key in {"up", "down"} and ";" in (found["parameters"] or ""):
        return f"move {key}"
    return key
