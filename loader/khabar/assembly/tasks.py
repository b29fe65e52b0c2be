"""What is asked of a bench, and what it replies: values that can be sent to another process."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from khabar.assembly.rejects import Rejected
from khabar.crew import Slot
from khabar.errors import Fault
from khabar.frame import Frame
from khabar.graphs import NamedGraph
from khabar.records.parts import Part

Manner: TypeAlias = Literal["held", "told", "graphs"]
"""How units come back: they wait in the worker for their place in the output, come as bytes, or as named graphs."""


class Opening(msgspec.Struct, frozen=True, tag=True):
    """The corpus that a bench works for, and the open files, by number, that it shares with the others.

    ``paths`` has the files of the header and of the shared entities. ``output`` is the file that units are written
    to, and ``target`` what people call it. Without ``spools``, this is the only bench.
    """

    frame: Frame
    paths: dict[str, str]
    output: int = -1
    target: str = ""
    buckets: list[int] = []
    spools: list[int] = []
    own: int = 0


class Text(msgspec.Struct, frozen=True, tag=True):
    """Whole lines of the file ``name``, counted from ``first``."""

    name: str
    first: int
    data: bytes


class Filed(msgspec.Struct, frozen=True, tag=True):
    """Records that were read before and wait in the spool, as lines; they are counted from 1."""

    slots: list[Slot]


Lines: TypeAlias = Part | Text | Filed
"""Where lines are: each has a number, in ascending order."""


class Read(msgspec.Struct, frozen=True, tag=True):
    """Read the articles in these YAML files. The reply is a `Readings`.

    ``digests`` are SHA-256 of files as they were when they were read before, or empty; see `Reading`.
    """

    files: list[bytes]
    digests: list[bytes]


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """An article file that was read: the article's id, its canonical line, the articles that it refers to.

    ``claims`` tells whether it has any claim; ``sound`` that it was checked and has no fault by itself. ``digest`` is
    SHA-256 of the file, and empty where it has a fault; where it is what it was before, all else is empty.
    """

    id: str = ""
    line: Slot | None = None
    owners: tuple[str, ...] = ()
    claims: bool = False
    sound: bool = False
    digest: bytes = b""


class Readings(msgspec.Struct, frozen=True, tag=True):
    """The articles of a `Read`, in the order of its files."""

    articles: list[Reading]


class Check(msgspec.Struct, frozen=True, tag=True):
    """Check the records in these lines, each of which refers to no others. The reply is a `Checked`."""

    lines: list[Slot]


class Checked(msgspec.Struct, frozen=True, tag=True):
    """Which of the records of a `Check` have no fault."""

    sound: list[bool]


class Survey(msgspec.Struct, frozen=True, tag=True):
    """Put the ids of all articles into the buckets, as those of ``portion``. The reply is a `Surveyed`."""

    portion: int
    lines: Lines


class Linked(msgspec.Struct, frozen=True, array_like=True):
    """An article that refers to others: the number of its line, its id, their ids."""

    number: int
    id: str
    owners: list[str]


class Surveyed(msgspec.Struct, frozen=True, tag=True):
    """What the lines of a portion hold: how many articles, the number of the last line, and who refers to others."""

    articles: int
    last: int
    linked: list[Linked]


class Place(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A line: the portion that it is in, and its number there."""

    portion: int
    number: int


class Seek(msgspec.Struct, frozen=True, tag=True):
    """Look through a bucket for ids that come twice, and for those that are ``wanted``. The reply is a `Sought`."""

    bucket: int
    wanted: list[str]


class Sought(msgspec.Struct, frozen=True, tag=True):
    """The first line of each wanted id that there is.

    ``doubles`` are the other lines of all ids, each with the first, sorted: see `khabar.assembly.doubles`.
    """

    found: list[tuple[str, Place]]
    doubles: list[Slot]


class Gather(msgspec.Struct, frozen=True, tag=True):
    """Put the lines with these numbers, in ascending order, into the spool. The reply is a `Gathered`."""

    lines: Lines
    numbers: list[int]


class Gathered(msgspec.Struct, frozen=True, tag=True):
    """Where the lines of a `Gather` wait, in their order."""

    slots: list[Slot]


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """A line that waits in the spool, and where people find it; ``line`` is 0 for the whole of a YAML file."""

    slot: Slot
    where: str
    line: int


class Weave(msgspec.Struct, frozen=True, tag=True):
    """Make the units of articles that refer to one another: each component refers to no article beyond it.

    The reply is a `Woven`. With ``shared``, there is one component, that of the articles which the shared entities
    refer to, and the graph of the entities is made too.
    """

    components: list[list[Waiting]]
    shared: bool = False


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What became of a line: a unit, or a `Rejected` where it was ``refused``, waits in the spool."""

    slot: Slot
    refused: bool


class Woven(msgspec.Struct, frozen=True, tag=True):
    """What became of the lines of a `Weave`, in their order.

    ``head`` are the faults of the header and the shared entities, without their lines; ``entities`` is the document
    of the entities' graph.
    """

    known: list[Kept]
    head: list[Fault]
    entities: bytes = b""


class Convert(msgspec.Struct, frozen=True, tag=True):
    """Make the units of some lines.

    ``before`` is to be added to the number of a line for that in its file. ``known`` and ``doubles``, sorted by
    number, are lines that are known already, and those whose id another line has, with the place of that. The
    replies are the `Graphs`, in that manner, and a `Converted`; in the manner ``held`` a `Put` has to follow.
    """

    lines: Lines
    before: int
    known: list[tuple[int, Kept]]
    doubles: list[tuple[int, str]]
    manner: Manner


class Graphs(msgspec.Struct, frozen=True, tag=True):
    """Some graphs of articles, in the order of their lines."""

    graphs: list[NamedGraph]


class Converted(msgspec.Struct, frozen=True, tag=True):
    """What the lines of a `Convert` made.

    So many ``articles``; ``triples`` in their graphs; triples that are ``derived`` of them; all in all so many
    ``quads``, which are so many bytes (``size``). ``data`` is the output where it is told; ``standings`` and
    ``entries`` wait, sorted, where graphs are.
    """

    articles: int
    triples: int
    derived: int
    quads: int
    size: int
    rejected: list[Rejected]
    data: bytes = b""
    standings: Slot | None = None
    entries: Slot | None = None


class Put(msgspec.Struct, frozen=True, tag=True):
    """Write the first output that is held to its place."""

    start: int


Task: TypeAlias = Read | Check | Survey | Seek | Gather | Weave | Convert | Put
Reply: TypeAlias = Readings | Checked | Surveyed | Sought | Gathered | Woven | Graphs | Converted
