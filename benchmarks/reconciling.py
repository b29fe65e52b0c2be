"""How quickly a reconciliation service answers, and how often rightly: khabar's beside csv-reconcile, over one table.

python benchmarks/reconciling.py [--names 10000] [--batches 20] [--keep]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from pages import tell

# Given and family names in Arabic, and two transliterations of each: the table has the first, the questions any.
GIVEN: Final = (
    *(("محمد", "Mohammed", "Muhammad"), ("أحمد", "Ahmed", "Ahmad"), ("محمود", "Mahmoud", "Mahmud")),
    *(("خليفة", "Khalifa", "Khalifah"), ("يوسف", "Yousef", "Yusuf"), ("إبراهيم", "Ibrahim", "Ebrahim")),
    *(("خالد", "Khaled", "Khalid"), ("سعيد", "Said", "Saeed"), ("طارق", "Tarek", "Tariq"), ("فتحي", "Fathi", "Fethi")),
    *(("فاطمة", "Fatima", "Fatimah"), ("مصطفى", "Mustafa", "Mostafa"), ("موسى", "Musa", "Moussa")),
    *(
        ("أسامة", "Osama", "Usama"),
        ("وليد", "Walid", "Waleed"),
        ("رشيد", "Rashid", "Rachid"),
        ("ليلى", "Layla", "Leila"),
    ),
    *(
        ("زينب", "Zainab", "Zeinab"),
        ("بشير", "Bashir", "Basheer"),
        ("كمال", "Kamal", "Kamel"),
        ("عثمان", "Othman", "Osman"),
    ),
)
FAMILY: Final = (
    *(("باشاغا", "Bashagha", "Bachagha"), ("الدبيبة", "Dbeibah", "Dbeibeh"), ("الزنتاني", "Zintani", "al-Zintani")),
    *(("الورفلي", "Warfalli", "Werfalli"), ("الشريف", "Sharif", "Sherif"), ("الحداد", "Haddad", "al-Haddad")),
    *(
        ("قاسم", "Qasim", "Kassem"),
        ("الجبوري", "Jubouri", "Juburi"),
        ("دقلو", "Dagalo", "Daqlo"),
        ("شكري", "Shoukry", "Shukri"),
    ),
    *(("منصور", "Mansour", "Mansur"), ("سويدان", "Suwaydan", "Sweidan"), ("الزاوي", "Zawi", "Zaoui")),
    *(("الفيتوري", "Fituri", "Fitouri"), ("زيدان", "Zeidan", "Zidan"), ("الطرابلسي", "Trabelsi", "Tarabulsi")),
    *(("المشري", "Mishri", "Meshri"), ("الخطيب", "Khatib", "Khateeb"), ("النعيمي", "Nuaimi", "Naimi")),
    *(
        ("السراج", "Sarraj", "Serraj"),
        ("المهدي", "Mahdi", "Mehdi"),
        ("الطيب", "Tayeb", "Tayyib"),
        ("حفتر", "Haftar", "Hifter"),
    ),
)
BATCH: Final = 50

PEER: Final = """
import sys, warnings
warnings.simplefilter("ignore")
from csv_reconcile import create_app, initdb
app = create_app(config=None, instance_path=sys.argv[1], scorerOption=None)
with app.app_context():
    initdb.init_db_with_context("names.tsv", "id", "name")
app.run(port=int(sys.argv[2]), threaded=False)
"""
OURS: Final = """
import sys, uvicorn, khabar
uvicorn.run(khabar.reconciliation_service(khabar.read("corpus")), port=int(sys.argv[1]), log_level="error")
"""


class Question(NamedTuple):
    """A name as someone else writes it, in which manner, and the id that it belongs to."""

    name: str
    manner: str
    id: str


def people(count: int) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Ids, and the three names of each person in Arabic and Latin, all different."""
    triples = list(product(GIVEN, GIVEN, FAMILY))
    random.Random(7).shuffle(triples)  # noqa: S311 - the same names in every run
    for number, parts in enumerate(triples[:count]):
        arabic, first, second = (tuple(part[form] for part in parts) for form in range(3))
        yield f"p{number}", arabic, (" ".join(first), " ".join(second))


def lay_down(folder: Path, count: int) -> list[Question]:
    """Write the names as a table and as a corpus; return questions on them, a third of each manner."""
    questions: list[Question] = []
    entities = folder / "corpus" / "entities"
    entities.mkdir(parents=True)
    (folder / "corpus" / "articles").mkdir()
    (folder / "corpus" / "corpus.yaml").write_text(
        "base: https://example.org/c/\ntitle: {en: Names}\nlicence: https://example.org/licence\n", encoding="utf-8"
    )
    with (folder / "names.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t")
        table.writerow(("id", "name"))
        lines = ["entities:\n"]
        for number, (slug, arabic, (first, second)) in enumerate(people(count)):
            table.writerow((slug, first))
            lines.append(f"  {slug}: {{type: Person, name: {{en: {json.dumps(first)}}}}}\n")
            manner, name = (("the same", first), ("transliterated", second), ("in Arabic", " ".join(arabic)))[
                number % 3
            ]
            questions.append(Question(name, manner, slug))
        (entities / "people.yaml").write_text("".join(lines), encoding="utf-8")
    return questions


@contextmanager
def serving(folder: Path, code: str, *arguments: str) -> Iterator[str]:
    """The address of a server that runs ``code`` with a free port as its last argument."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments, str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def ask(address: str, questions: list[Question]) -> dict[str, str]:
    """The best id for each name of a batch, by the name."""
    queries = {f"q{number}": {"query": question.name, "limit": 3} for number, question in enumerate(questions)}
    body = urllib.parse.urlencode({"queries": json.dumps(queries)}).encode()
    with urllib.request.urlopen(address, body, timeout=600) as answer:  # noqa: S310 - a server of our own
        found = json.load(answer)
    best = {}
    for number, question in enumerate(questions):
        results = found[f"q{number}"]["result"]
        if results:
            best[question.name] = results[0]["id"].removeprefix("agents/")
    return best


def measured(address: str, batches: list[list[Question]]) -> tuple[float, Mapping[str, float]]:
    """Seconds a batch, the median; and of each manner the share of answers that were right.

    No name is asked for twice: what was compared once may be remembered.
    """
    ask(address, batches[0])
    seconds = []
    right: dict[str, list[bool]] = {}
    for batch in batches[1:]:
        start = time.perf_counter()
        best = ask(address, batch)
        seconds.append(time.perf_counter() - start)
        for question in batch:
            right.setdefault(question.manner, []).append(best.get(question.name) == question.id)
    return statistics.median(seconds), {manner: sum(one) / len(one) for manner, one in right.items()}


def main() -> None:
    """Measure both, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=10_000)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--keep", action="store_true", help="write the table into benchmarks/README.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        questions = lay_down(folder, given.names)
        random.Random(8).shuffle(questions)  # noqa: S311 - the same
        batches = [questions[number * BATCH : (number + 1) * BATCH] for number in range(given.batches + 1)]
        with serving(folder, OURS) as address:
            ours = measured(f"{address}/", batches)
        with serving(folder, PEER, str(folder)) as address:
            theirs = measured(f"{address}/reconcile", batches)
    rows = [f"| {given.names:,} names, {BATCH} queries a request | s | ratio | {' | '.join(sorted(ours[1]))} |"]
    rows.append("|---" * (3 + len(ours[1])) + "|")
    for name, (seconds, right) in (("khabar", ours), ("csv-reconcile", theirs)):
        shares = " | ".join(f"{right[manner]:.0%}" for manner in sorted(ours[1]))
        rows.append(f"| {name} | {seconds:.2f} | {seconds / ours[0]:.1f} | {shares} |")
    tell("reconciling", "\n".join(rows) + "\n", keep=given.keep)


if __name__ == "__main__":
    main()
