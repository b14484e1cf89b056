"""The words for days and times, folded (no case, no accents): English, Spanish, German, French."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Final


def _numbered(first: int, *languages: str) -> dict[str, int]:
    """Words in their order, each language's own list; alternatives stand behind a slash."""
    return {
        word: number
        for language in languages
        for number, words in enumerate(language.split(), first)
        for word in words.split("/")
    }


OFFSETS: Final[Mapping[str, int]] = {
    "today": 0,
    "hoy": 0,
    "heute": 0,
    "aujourd'hui": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "manana": 1,
    "morgen": 1,
    "demain": 1,
    "day after tomorrow": 2,
    "pasado manana": 2,
    "ubermorgen": 2,
    "uebermorgen": 2,
    "apres-demain": 2,
    "apres demain": 2,
}
PAST_OFFSETS: Final[Mapping[str, int]] = {
    "today": 0,
    "hoy": 0,
    "heute": 0,
    "aujourd'hui": 0,
    "yesterday": -1,
    "ayer": -1,
    "gestern": -1,
    "hier": -1,
}
TONIGHT: Final = ("tonight", "esta noche", "heute abend", "ce soir")
WEEKDAYS: Final[Mapping[str, int]] = _numbered(
    0,
    "monday/mon tuesday/tue/tues wednesday/wed thursday/thu/thur/thurs friday/fri saturday/sat sunday/sun",
    "lunes martes miercoles jueves viernes sabado domingo",
    "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
)
MONTHS: Final[Mapping[str, int]] = _numbered(
    1,
    "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep/sept "
    "october/oct november/nov december/dec",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "januar februar marz/maerz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
)
NEXT: Final = ("next", "proximo", "proxima", "nachste", "nachsten", "nachster", "prochain", "prochaine")
NEXT_WEEK: Final = (
    "next week",
    "proxima semana",
    "semana proxima",
    "nachste woche",
    "nachster woche",
    "semaine prochaine",
)
CLOCKS: Final[Mapping[str, time]] = {
    "noon": time(12),
    "midday": time(12),
    "mediodia": time(12),
    "mittag": time(12),
    "midi": time(12),
}
PARTS: Final[Mapping[str, time]] = {
    "morning": time(9),
    "afternoon": time(14),
    "evening": time(18),
    "night": time(20),
}
"""Only with a day: "tomorrow morning"."""
AMOUNTS: Final[Mapping[str, int]] = {
    "a": 1,
    "an": 1,
    "one": 1,
    "una": 1,
    "un": 1,
    "une": 1,
    "eine": 1,
    "einer": 1,
}
UNITS: Final[Mapping[str, int]] = {
    unit: seconds
    for units, seconds in (
        ("m min mins minute minutes minuto minutos minuten", 60),
        ("h hr hrs hour hours hora horas std stunde stunden heure heures", 3600),
        ("d day days dia dias tag tage tagen jour jours", 86_400),
        ("w wk week weeks semana semanas woche wochen semaine semaines", 604_800),
    )
    for unit in units.split()
}
LEADING: Final = frozenset(
    word
    for words in (
        "until till til at on in by for the to",
        "a las la el hasta en de",
        "um am bis ab",
        "le au dans",
    )
    for word in words.split()
)
"""Small words that may stand before a moment or between its parts and say nothing."""

KNOWN: Final = frozenset(
    {
        *OFFSETS,
        *WEEKDAYS,
        *MONTHS,
        *CLOCKS,
        "tonight",
        "next",
        "week",
        "hours",
        "minutes",
        "days",
        "weeks",
        "month",
    }
)
"""What a slip of the keyboard is compared with."""
