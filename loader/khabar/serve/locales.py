"""The languages of the pages: their directions, messages, numbers, dates and names of languages, after CLDR."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from khabar.explorer.values import Dates

_DIRECTIONS: Final[Mapping[str, str]] = {"en": "ltr", "ar": "rtl"}
_FOLDER: Final = Path(__file__).parent / "messages"
# CLDR's own choice of digits for Arabic has changed between its editions.
_DIGITS: Final = str.maketrans("0123456789%", "٠١٢٣٤٥٦٧٨٩٪")
_NUMBERING: Final[Mapping[str, str]] = {"ar": "arab"}


def direction(language: str) -> str:
    """``ltr`` or ``rtl``, for the ``dir`` of a page.

    >>> direction("ar")
    'rtl'
    """
    return _DIRECTIONS[language]


@functools.cache
def messages(language: str) -> Mapping[str, Any]:
    """Every message of a language by its key, ``table.name``; one that counts is a table of plural categories."""
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{name}": message for table, part in tables.items() for name, message in part.items()}


def message(language: str, key: str, number: int | None = None) -> str:
    """The text of a message, with its ``{places}`` open; ``number`` chooses among its plural forms.

    Raises KeyError where the language has no such message.

    >>> message("en", "count.results", 1), message("ar", "count.results", 3)
    ('{n} result', '{n} نتائج')
    """
    found = messages(language)[key]
    if isinstance(found, str):
        return found
    forms: Mapping[str, str] = found
    return forms.get(_locale(language).plural_form(number or 0)) or forms["other"]


def digits(language: str, text: str) -> str:
    """Text that khabar wrote, with the digits of the language; what others wrote keeps its own.

    >>> digits("ar", "2023")
    '٢٠٢٣'
    """
    return text.translate(_DIGITS) if language in _NUMBERING else text


def number(language: str, value: float) -> str:
    """A number with the digits and separators of the language.

    >>> number("en", 12345), number("ar", 12345)
    ('12,345', '١٢٬٣٤٥')
    """
    from babel.numbers import format_decimal

    return digits(language, format_decimal(value, locale=language, numbering_system=_NUMBERING.get(language, "latn")))


def degrees(language: str, value: float) -> str:
    """A latitude or a longitude, always with two decimals, so that they stand under one another.

    >>> degrees("en", -31.2), degrees("ar", 18.03)
    ('-31.20', '١٨٫٠٣')
    """
    from babel.numbers import format_decimal

    numbering = _NUMBERING.get(language, "latn")
    return digits(language, format_decimal(value, "0.00", locale=language, numbering_system=numbering))


def percent(language: str, share: float) -> str:
    """A share of one as a percentage.

    >>> percent("ar", 0.38)
    '٣٨٪'
    """
    from babel.numbers import format_percent

    return digits(language, format_percent(share, locale=language))


def day(language: str, text: str) -> str:
    """A day, YYYY-MM-DD, in words; what is no day of the Gregorian calendar as it is written.

    >>> day("en", "2023-09-21"), day("ar", "2023-09-21"), day("en", "-0044-03-15")
    ('21 September 2023', '٢١ سبتمبر ٢٠٢٣', '-0044-03-15')
    """
    from babel.dates import format_date

    date = _date(text)
    return digits(language, format_date(date, "d MMMM y", locale=language) if date else text)


def period(language: str, start: str, end: str) -> str:
    """A year, a month or a day by its name, and any other time as its first and last day.

    >>> period("en", "2023-09-01", "2023-09-30"), period("ar", "2023-01-01", "2023-12-31")
    ('September 2023', '٢٠٢٣')
    """
    from babel.dates import format_date

    first, last = _date(start), _date(end)
    if not first or not last or first > last:
        return f"{day(language, start)} – {day(language, end)}"
    if first == last:
        return day(language, start)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        years = [digits(language, str(year)) for year in dict.fromkeys((first.year, last.year))]
        return " – ".join(years)
    if first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]:
        form = "MMMM" if first.year == last.year and first.month != last.month else "MMMM y"
        months = [format_date(first, form, locale=language), format_date(last, "MMMM y", locale=language)]
        return digits(language, " – ".join(dict.fromkeys(months)))
    form = "d" if (first.year, first.month) == (last.year, last.month) else "d MMMM"
    form = form if first.year == last.year else "d MMMM y"
    return digits(
        language, f"{format_date(first, form, locale=language)} – {format_date(last, 'd MMMM y', locale=language)}"
    )


def dates(language: str, value: Dates) -> str:
    """When something was, in words, as exactly as it is known and no more; empty where nothing is known.

    An interval of EDTF says that the whole of it is meant, other dates that some time within them is.

    >>> dates("en", Dates(edtf="2023-09-21/2023-09-30", earliest="2023-09-21", latest="2023-09-30"))
    '21 – 30 September 2023'
    >>> dates("en", Dates(edtf="[2023-09-21..2023-09-30]", earliest="2023-09-21", latest="2023-09-30"))
    'between 21 September 2023 and 30 September 2023'
    """
    if not value.earliest and not value.latest:
        return value.edtf
    if not value.latest:
        told = message(language, "date.from").format(day=day(language, value.earliest))
    elif not value.earliest:
        told = message(language, "date.until").format(day=day(language, value.latest))
    elif "/" in value.edtf or _is_named(value):
        told = period(language, value.earliest, value.latest)
    else:
        told = message(language, "date.between").format(
            first=day(language, value.earliest), last=day(language, value.latest)
        )
    for sign, key in (("~", "date.about"), ("%", "date.about"), ("?", "date.unsure")):
        if sign in value.edtf:
            return message(language, key).format(date=told)
    return told


def _is_named(value: Dates) -> bool:
    first, last = _date(value.earliest), _date(value.latest)
    if not first or not last or first.year != last.year:
        return False
    if first == last:
        return True
    ends_month = last.day == calendar.monthrange(last.year, last.month)[1]
    whole_year = (first.month, last.month) == (1, 12)
    return first.day == 1 and ends_month and (first.month == last.month or whole_year)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2023-09-21") else None
    except ValueError:
        return None


def language_name(language: str, tag: str) -> str:
    """The name of the language with the BCP 47 ``tag``, in ``language``; the tag where CLDR has no name.

    >>> language_name("en", "fa"), language_name("ar", "en-GB"), language_name("en", "x-odd")
    ('Persian', 'الإنجليزية', 'x-odd')
    """
    names = _locale(language).languages
    return str(names.get(tag.replace("-", "_")) or names.get(tag.lower().partition("-")[0]) or tag)


@functools.cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)
