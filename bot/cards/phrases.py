"""Small turns of phrase that several cards share."""

from __future__ import annotations

from typing import Final

_LANGUAGES: Final = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
_CODE: Final = 16

COUNTED: Final = 1_000
"""What waits is counted this far: to count all of a flood would slow the desk in the middle of it."""


def count(number: int, what: str, many: str | None = None) -> str:
    """1 case, 2 cases, 1,204 cases."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def amount(number: int) -> str:
    """212; 1,000+ of what is counted no further than COUNTED."""
    return f"{number:,}+" if number >= COUNTED else f"{number:,}"


def joined(names: tuple[str, ...], last: str = "and") -> str:
    """a; a and b; a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def reach(followers: int | None) -> str:
    """212 followers, 1.9 k followers, 212 k followers, 3.4 M followers; nothing when unknown."""
    if followers is None:
        return ""
    for size, unit in ((1_000_000, " M"), (1_000, " k")):
        if followers >= size:
            amount = followers / size
            shown = f"{amount:.1f}".removesuffix(".0") if amount < 10 else f"{int(amount):,}"
            return f"{shown}{unit} followers"
    return count(followers, "follower")


def language(code: str | None) -> str:
    """Spanish for es or es-MX; the code itself where the name is not known."""
    if not code:
        return ""
    return _LANGUAGES.get(code.replace("_", "-").split("-")[0].lower(), code[:_CODE])


def network(source: str) -> str:
    """The network's name as a person writes it: X, Bluesky."""
    return source if source != source.lower() else source[:1].upper() + source[1:]


def share(part: int, whole: int) -> str:
    """38 of 41 (92 %). Rounded down: 100 % means every one."""
    return f"{part:,} of {whole:,} ({100 * part // whole} %)"


def signed(difference: int) -> str:
    """+4, -2, or ±0."""
    return f"{difference:+,}" if difference else "±0"


def address(url: str | None) -> str | None:
    """The address when a browser may open it: http or https, and nothing hidden in it."""
    if url is None or not url.lower().startswith(("https://", "http://")):
        return None
    return None if any(char.isspace() or not char.isprintable() for char in url) else url
