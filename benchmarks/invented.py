"""Words, names and entities of a news world that does not exist, in English and Arabic."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from khabar.model import Annotator, CorpusHeader, Entity, EventType, Point

Both: TypeAlias = tuple[str, str]
"""The same in English and in Arabic."""

STEMS: Final[tuple[Both, ...]] = (
    ("Tav", "تاف"), ("Dun", "دون"), ("Qas", "قاس"), ("Rum", "روم"), ("Shal", "شال"), ("Fen", "فين"),
    ("Nim", "نيم"), ("Zor", "زور"), ("Hal", "هال"), ("Mez", "ميز"), ("Bel", "بيل"), ("Kor", "كور"),
    ("Wad", "واد"), ("Yar", "يار"), ("Jes", "جيس"), ("Lum", "لوم"),
)  # fmt: skip
ENDS: Final[tuple[Both, ...]] = (
    ("mour", "مور"), ("dek", "ديك"), ("veen", "ڤين"), ("zoun", "زون"), ("tash", "تاش"), ("lind", "ليند"),
    ("qar", "قار"), ("bren", "برين"), ("sul", "سول"), ("noth", "نوث"), ("rix", "ريكس"), ("phel", "فيل"),
    ("gan", "غان"),
)  # fmt: skip
GIVEN: Final[tuple[Both, ...]] = (
    ("Nadia", "نادية"), ("Omar", "عمر"), ("Salma", "سلمى"), ("Idris", "إدريس"), ("Teodor", "تيودور"),
    ("Ines", "إينيس"), ("Karim", "كريم"), ("Lena", "لينا"), ("Yusuf", "يوسف"), ("Mira", "ميرا"),
    ("Anton", "أنطون"), ("Huda", "هدى"), ("Samir", "سمير"), ("Vera", "فيرا"), ("Tariq", "طارق"),
    ("Nour", "نور"), ("Emil", "إميل"), ("Rania", "رانيا"), ("Basel", "باسل"), ("Dora", "دورا"),
    ("Walid", "وليد"), ("Clara", "كلارا"), ("Faris", "فارس"), ("Zeina", "زينة"),
)  # fmt: skip
POSITIONS: Final[tuple[Both, ...]] = (
    ("minister of defence", "وزير الدفاع"), ("minister of foreign affairs", "وزير الخارجية"),
    ("minister of transport", "وزير النقل"), ("commander of the navy", "قائد البحرية"),
    ("chief of staff", "رئيس الأركان"), ("special envoy", "المبعوث الخاص"), ("spokesperson", "المتحدث الرسمي"),
    ("mayor", "العمدة"), ("speaker of parliament", "رئيس البرلمان"), ("ambassador", "السفير"),
)  # fmt: skip
BODIES: Final[tuple[Both, ...]] = (
    ("Ministry of Defence of {}", "وزارة دفاع {}"), ("Foreign Ministry of {}", "وزارة خارجية {}"),
    ("{} Navy", "بحرية {}"), ("{} Coast Guard", "خفر سواحل {}"), ("{} Port Authority", "هيئة موانئ {}"),
    ("{} Air Force", "سلاح جو {}"),
)  # fmt: skip
PRESS: Final[tuple[Both, ...]] = (
    ("The {} Times", "{} تايمز"), ("Radio {}", "راديو {}"), ("{} Wire", "وكالة {}"), ("Al-{}", "صحيفة ال{}"),
    ("{} Gazette", "جريدة {}"), ("{} News Network", "شبكة {} الإخبارية"),
)  # fmt: skip
SPOTS: Final[tuple[Both, ...]] = (
    ("{}", "{}"), ("Port {}", "ميناء {}"), ("{} airfield", "مطار {}"), ("{} Island", "جزيرة {}"),
)  # fmt: skip
TOPICS: Final[tuple[Both, ...]] = (
    ("military cooperation", "التعاون العسكري"), ("border security", "أمن الحدود"),
    ("the use of ports", "استخدام الموانئ"), ("grain shipments", "شحنات الحبوب"), ("fishing rights", "حقوق الصيد"),
    ("the training of crews", "تدريب الأطقم"), ("fuel supplies", "إمدادات الوقود"),
    ("the exchange of prisoners", "تبادل الأسرى"), ("air defence", "الدفاع الجوي"),
    ('the "Sea Shield" programme', 'برنامج "درع البحر"'), ("the ferrymen's wages", "أجور عمّال العبّارات"),
    ("reconstruction", "إعادة الإعمار"),
)  # fmt: skip
GIFTS: Final[tuple[Both, ...]] = (
    ("six patrol boats", "ستة زوارق دورية"), ("radar stations", "محطات رادار"), ("a fireboat", "سفينة إطفاء"),
    ("spare parts for aircraft", "قطع غيار للطائرات"), ("the training of pilots", "تدريب الطيارين"),
    ("40 armoured vehicles", "40 مدرعة"),
)  # fmt: skip
ACCESSES: Final[tuple[Both, ...]] = (
    ("two berths", "رصيفان"), ("a naval base", "قاعدة بحرية"), ("the use of a runway", "استخدام مدرج"),
    ("a depot for fuel", "مستودع للوقود"), ("overflight rights", "حقوق التحليق"),
)  # fmt: skip
WITNESSES: Final[tuple[Both, ...]] = (
    ("two officials who know of the matter", "مسؤولان مطلعان"), ("a diplomatic source", "مصدر دبلوماسي"),
    ("a military source", "مصدر عسكري"), ("a dock worker", "عامل في الميناء"), ("an official", "مسؤول"),
    ("three people who were in the room", "ثلاثة أشخاص كانوا في القاعة"),
    ("a source close to the command", "مصدر مقرب من القيادة"),
)  # fmt: skip
REASONS: Final[tuple[Both, ...]] = (
    ("not authorised to speak to the press", "غير مخوّل بالحديث إلى الصحافة"),
    ("the talks are secret", "سرية المحادثات"), ("for fear of reprisals", "خشية الانتقام"),
)  # fmt: skip
REMARKS: Final[tuple[Both, ...]] = (
    ('The article says "soon",\nand nothing more precise.', "يقول المقال «قريبًا»،\nولا شيء أدق."),
    ("Spelt 'Tavmor' in one place; the path C:\\desk\\wire is the desk's own.", "كُتب الاسم 'تافمور' في موضع واحد."),
    ("Two versions exist:\r\nthe later one is recorded.", "ثمة نسختان:\r\nسُجّلت الأحدث."),
    ("Column\tof the evening edition.", "عمود\tفي الطبعة المسائية."),
)  # fmt: skip
LONELY: Final[tuple[Both, ...]] = (
    ("Captain {}", "القبطان {}"), ("{} Shipping", "{} للملاحة"), ("the {} checkpoint", "حاجز {}"),
)  # fmt: skip

PERSONS, BODIES_OF_A_POLITY, OUTLETS, POLITIES, PLACES = 220, 6, 60, 20, 90
"""How many there are of each; 510 in all."""


class Name(NamedTuple):
    """An entity as a record refers to it and as a sentence calls it."""

    id: str
    en: str
    ar: str


def header() -> CorpusHeader:
    """What holds for every article."""
    return CorpusHeader(
        base="https://example.org/invented-news/",
        title=texts(("Invented news", "أخبار مخترعة")),
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        description=texts(("Nobody in it lives, nothing in it happened.", "لا أحد فيها حي، ولا شيء فيها حدث.")),
        languages=("en", "ar"),
        annotators=(Annotator(name="A program"),),
        event_types={
            "Exercise": EventType(label=texts(("Exercise", "مناورة")), definition=texts(_EXERCISE)),
            "Summit": EventType(label=texts(("Summit", "قمة")), subclass_of="Meeting"),
        },
    )


_EXERCISE = ("Forces train together.", "قوات تتدرب معًا.")


def texts(both: Both) -> dict[str, str]:
    """Both languages as a record has them."""
    return {"en": both[0], "ar": both[1]}


def entities() -> dict[str, Entity]:
    """Every shared entity, by id: the more often spoken of, the earlier among its kind."""
    made: dict[str, Entity] = {}
    polities = [_join(both, ("ia", "يا")) for both in map(_word, range(POLITIES))]
    for name in polities:
        made[_slug(name)] = Entity(type="Polity", name=texts(name))
    for number in range(PLACES):
        name = _fill(SPOTS[number % len(SPOTS)], _word(40 + number))
        point = Point(lat=round(-39.9 + number * 0.73, 4), lon=round(-120.5 - number * 0.37, 4))
        within = _slug(polities[number % POLITIES])
        made[_slug(name)] = Entity(type="Place", name=texts(name), within=within, point=point)
    for polity in polities:
        for body in BODIES:
            name = _fill(body, polity)
            made[_slug(name)] = Entity(type="Organisation", name=texts(name), member_of=_slug(polity))
    for number in range(OUTLETS):
        name = _fill(PRESS[number % len(PRESS)], _word(140 + number % 45))
        site = f"https://example.net/outlets/{_slug(name)}"
        made[_slug(name)] = Entity(type="Outlet", name=texts(name), exact_match=site)
    for number in range(PERSONS):
        name = _join(GIVEN[number % len(GIVEN)], _word(number * 7 % 208), " ")
        position = POSITIONS[number * 3 % len(POSITIONS)]
        made[_slug(name)] = Entity(
            type="Person",
            name=texts(name),
            alias={"en": (f"{name[0][0]}. {name[0].split()[1]}", name[0].replace("sh", "ch"))}
            if number % 5 == 0
            else {},
            position=texts(position),
            member_of=_slug(polities[number % POLITIES]),
        )
    return made


def names(kind: str, of: dict[str, Entity]) -> tuple[Name, ...]:
    """The entities of one kind, the most spoken of first."""
    return tuple(Name(slug, entity.name["en"], entity.name["ar"]) for slug, entity in of.items() if entity.type == kind)


def _word(number: int) -> Both:
    # Neighbours differ in both halves; 208 of them, then again from the start.
    stem = STEMS[number % len(STEMS)]
    end = ENDS[number % len(ENDS)]
    return _join(stem, end)


def _join(first: Both, second: Both, between: str = "") -> Both:
    return first[0] + between + second[0], first[1] + between + second[1]


def _fill(pattern: Both, name: Both) -> Both:
    return pattern[0].format(name[0]), pattern[1].format(name[1])


def _slug(name: Both) -> str:
    return name[0].lower().replace(" ", "-")
