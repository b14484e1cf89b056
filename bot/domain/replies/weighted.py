"""How X counts: twitter-text's configuration v3. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import regex

LINK_COUNTS: Final = 23
_LIGHT: Final = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
"""Code points that count as one; all others as two."""

_GRAPHEME: Final = regex.compile(r"\X")
_EMOJI: Final = regex.compile(
    r"[#*0-9]\uFE0F?\u20E3|\p{Regional_Indicator}{2}"
    r"|\p{Extended_Pictographic}(?:[\uFE0F\u200D\u20E3\U000E0020-\U000E007F]"
    r"|\p{Emoji_Modifier}|\p{Extended_Pictographic})+"
)
"""What is shown as one emoji though it is several code points: it counts as two altogether. One of a single code point
counts as its range says, which is two, but one for signs such as a bare copyright sign."""

_GENERIC_NAMES: Final = (
    "academy ads agency ai aero app art asia band bar best bike bio blog bot business cafe care cash cat center chat"
    " church city click clinic cloud club codes coffee com community company cool coop dance data date deals delivery"
    " design dev digital direct directory dog edu education email energy engineering events exchange expert fail family"
    " fan farm finance fit fund fun fyi gallery game games garden gift global gmbh gold golf gov green group guide guru"
    " health help homes hospital host hotel house info ink institute int io jobs kitchen land law legal life link live"
    " loan lol love ltd market marketing media menu mil mobi money movie museum name net network news ninja one online"
    " org page partners parts party pet photo photos pictures pizza place plus porn press pro properties pub radio rent"
    " repair report rest review reviews rip rocks run sale school science sexy shop shopping show site ski soccer social"
    " software solar solutions space sport store studio style support surf systems tax taxi team tech tel tips today"
    " tools top tours town toys trade training travel tube university vacations ventures vet video villas vip vision"
    " vote watch web website wedding wiki win wine work works world wtf xyz yoga zone"
)
_COUNTRIES_NAMES: Final = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd"
    " cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd"
    " ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg"
    " kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv"
    " mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa"
    " sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug"
    " uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_GENERIC: Final = frozenset(_GENERIC_NAMES.split())
_COUNTRIES: Final = frozenset(_COUNTRIES_NAMES.split())
"""The endings that people write links with; of rarer ones a link is counted only behind https://."""

_WITH_SCHEME: Final = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_BARE: Final = re.compile(
    r"(?<![\w@./#$-])((?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+)([a-z]{2,24})(?![a-z0-9@-]|\.[a-z0-9])"
    r"(?::\d+)?(?:/[^\s]*)?",
    re.IGNORECASE | re.ASCII,
)
_AFTER: Final = ".,;:!?'\")]}\u2026"


def weighted(text: str) -> int:
    """The length that X allows 280 of. A link counts 23, also one without https://; text is composed (NFC) first."""
    text = unicodedata.normalize("NFC", text)
    links = len(links_in(text))
    rest = _BARE.sub(_cut, _WITH_SCHEME.sub(lambda found: _after(found[0]), text))
    return LINK_COUNTS * links + sum(map(_weight, _GRAPHEME.findall(rest)))


def links_in(text: str) -> list[str]:
    """What X makes a link of, with or without https://."""
    found = [each.rstrip(_AFTER) for each in _WITH_SCHEME.findall(text)]
    bare = _BARE.finditer(_WITH_SCHEME.sub(" ", text))
    return found + [each[0].rstrip(_AFTER) for each in bare if _known(each[2])]


def _cut(found: re.Match[str]) -> str:
    return _after(found[0]) if _known(found[2]) else found[0]


def _after(link: str) -> str:
    """What stands behind a link and is no part of it: the full stop of its sentence."""
    return link[len(link.rstrip(_AFTER)) :]


def _known(ending: str) -> bool:
    return ending.lower() in _COUNTRIES or ending.lower() in _GENERIC


def _weight(grapheme: str) -> int:
    if len(grapheme) > 1 and _EMOJI.fullmatch(grapheme):
        return 2
    return sum(1 if any(low <= ord(each) <= high for low, high in _LIGHT) else 2 for each in grapheme)
