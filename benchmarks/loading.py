"""Measure loads: into a folder beside Oxigraph's own loader, into a server beside curl, and the memory of both.

Every figure is that of whole processes, the median of several runs, in turns. Prints the tables that stand in
benchmarks/README.md; with ``--keep`` they are put there.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from pages import tell
from processes import KHABAR, PYTHON, ROOT, Spent, grow, median, medians, run, spend

OXIGRAPH = str(Path(PYTHON).with_name("oxigraph"))
MIB = 1024**2


def lay_down(place: Path, count: int) -> tuple[Path, Path, int]:
    """A corpus of ``count`` records, its graph as N-Quads, and the number of its quads."""
    folder, ready = place / f"corpus-{count}", place / f"graph-{count}.nq"
    grow(ROOT / "example", folder, count)
    run((*KHABAR, "build", str(folder), "-o", str(ready), "--quiet"))
    with ready.open("rb") as file:
        return folder, ready, sum(1 for _ in file)


def embedded(place: Path, count: int, rounds: int) -> str:
    """How long records in YAML take to become a store on disk, beside Oxigraph loading their ready N-Quads."""
    folder, ready, quads = lay_down(place, count)
    store, other, again = place / "store", place / "other", place / "again"
    loads = {
        "`oxigraph load` of ready N-Quads": (OXIGRAPH, "load", "--location", str(other), "--file", str(ready)),
        "`khabar load CORPUS`": (*KHABAR, "load", str(folder), "--to", str(store), "--quiet"),
        "`khabar load graph.nq`": (*KHABAR, "load", str(ready), "--to", str(again), "--quiet"),
    }

    def clear(_: str) -> None:
        for target in (store, other, again):
            shutil.rmtree(target, ignore_errors=True)

    found = medians(loads, rounds, before=clear)
    unchanged = medians({"`khabar load CORPUS` again, nothing changed": loads["`khabar load CORPUS`"]}, 1)
    unchanged |= medians({"`khabar load CORPUS` again, nothing changed": loads["`khabar load CORPUS`"]}, rounds)
    article = sorted((folder / "articles").glob("*.yaml"))[count // 2]
    article.write_text(
        article.read_text("utf-8").replace("denies ferry deal", "denies talk of a ferry deal", 1), "utf-8"
    )
    changed = {"`khabar load CORPUS` again, one article changed": run(loads["`khabar load CORPUS`"])}
    alone = run((PYTHON, "-c", ASSEMBLE, str(folder)))
    unit = found["`oxigraph load` of ready N-Quads"]
    lines = [
        f"{count:,} records, {quads:,} quads. Median of {rounds}.",
        "",
        "| whole run | s | quads a second | times `oxigraph load` | peak MiB |",
        "|---|---|---|---|---|",
    ]
    for name, (seconds, memory) in (found | unchanged | changed | {"records to graphs, no store": alone}).items():
        rate = f"{quads / seconds:,.0f}" if name in found else ""
        lines.append(f"| {name} | {seconds:.2f} | {rate} | {seconds / unit.seconds:.2f} | {memory:.0f} |")
    return "\n".join(lines)


def bulk(place: Path, count: int, rounds: int) -> str:
    """How long records in JSON Lines take to become a store on disk, beside Oxigraph loading ready N-Quads.

    The two read the same records: one as they are, the other as the N-Quads that `khabar build` made of them before.
    """
    records, ready = place / "records.jsonl", place / "records.nq"
    run((PYTHON, str(ROOT / "benchmarks" / "articles.py"), str(count), "-o", str(records)))
    run((*KHABAR, "build", str(records), "-o", str(ready), "--quiet"))
    with ready.open("rb") as file:
        quads = sum(1 for _ in file)
    stores = place / "stores"
    names = "`oxigraph load` of ready N-Quads", "`khabar load records.jsonl`"
    loads: dict[str, tuple[str, ...]] = {
        names[0]: (OXIGRAPH, "load", "--location", str(stores / "other"), "--file", str(ready)),
        names[1]: (*KHABAR, "load", str(records), "--to", str(stores / "store"), "--quiet"),
        "the same with `--verify counts`": (
            *(*KHABAR, "load", str(records), "--to", str(stores / "counted")),
            *("--verify", "counts", "--quiet"),
        ),
        "`khabar build records.jsonl`, no store": (*KHABAR, "build", str(records), "-o", str(place / "again.nq"), "-q"),
    }
    runs: dict[str, list[Spent]] = {name: [] for name in loads}
    again: list[Spent] = []
    for _ in range(rounds):
        for name, command in loads.items():
            # Each load makes its store, and no other lies in the memory of the system beside it.
            shutil.rmtree(stores, ignore_errors=True)
            stores.mkdir()
            runs[name].append(spend(command))
            if name == names[1]:
                again.append(spend(command))
    found = {name: median(each) for name, each in runs.items()} | {"again, nothing changed": median(again)}
    unit = found[names[0]]
    lines = [
        f"{count:,} records, {quads:,} quads. Median of {rounds}.",
        "",
        "| whole run | s | times `oxigraph load` | s of the processors | peak MiB |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {each.seconds:.2f} | {each.seconds / unit.seconds:.2f} | {each.busy:.1f} | {each.memory:.0f} |"
            for name, each in found.items()
        ),
    ]
    return "\n".join(lines)


ASSEMBLE = """
import sys
from pathlib import Path
from khabar.assembly import graphs
for graph in graphs(Path(sys.argv[1])):
    pass
"""


def memory(place: Path, counts: list[int]) -> str:
    """What a load holds for corpora of several sizes."""
    lines = [
        "| records | quads | records to graphs, peak MiB | whole load, peak MiB | `oxigraph load`, peak MiB |",
        "|---|---|---|---|---|",
    ]
    for count in counts:
        folder, ready, quads = lay_down(place, count)
        alone = run((PYTHON, "-c", ASSEMBLE, str(folder)))
        whole = run((*KHABAR, "load", str(folder), "--to", str(place / "store"), "--quiet"))
        other = run((OXIGRAPH, "load", "--location", str(place / "other"), "--file", str(ready)))
        lines.append(f"| {count:,} | {quads:,} | {alone.memory:.0f} | {whole.memory:.0f} | {other.memory:.0f} |")
        for target in (folder, place / "store", place / "other"):
            shutil.rmtree(target)
        ready.unlink()
    return "\n".join(lines)


def remote(place: Path, count: int, rounds: int) -> str:
    """How long a load into a server takes, beside curl sending the same graphs to the same server."""
    folder, ready, quads = lay_down(place, count)
    documents = separate(ready, place / "documents")
    sizes = sum(path.stat().st_size for path in documents.values())
    with serving(place / "served") as address:
        transfers = place / "transfers"
        transfers.write_text(
            "\nnext\n".join(
                f'upload-file = "{path}"\nurl = "{address}/store?graph={quote(graph, safe="")}"\n'
                'header = "Content-Type: application/n-triples"\nsilent\nfail'
                for graph, path in documents.items()
            )
        )
        names = "`curl -T`, one process", "`khabar load CORPUS --to URL`", "`khabar load graph.nq --to URL`"
        khabar = ("--to", address, "--profile", "oxigraph", "--quiet")
        found = medians(
            {
                names[0]: ("curl", "--config", str(transfers)),
                names[1]: (*KHABAR, "load", str(folder), *khabar),
                names[2]: (*KHABAR, "load", str(ready), *khabar),
            },
            rounds,
            before=lambda _: clear_server(address),
        )
        again = {
            "`khabar load CORPUS --to URL` again, nothing changed": medians(
                {"": (*KHABAR, "load", str(folder), *khabar)}, 2
            )[""]
        }
    unit = found[names[0]]
    lines = [
        f"{len(documents):,} graphs, {quads:,} quads, {sizes / MIB:.0f} MiB. Median of {rounds}.",
        "",
        "| whole run | s | graphs a second | times curl | peak MiB |",
        "|---|---|---|---|---|",
    ]
    for name, (seconds, peak) in (found | again).items():
        rate = f"{len(documents) / seconds:,.0f}" if name in found else ""
        lines.append(f"| {name} | {seconds:.2f} | {rate} | {seconds / unit.seconds:.2f} | {peak:.0f} |")
    return "\n".join(lines)


def separate(ready: Path, folder: Path) -> dict[str, Path]:
    """One N-Triples file for each graph of an N-Quads file."""
    folder.mkdir()
    graphs: dict[str, list[bytes]] = {}
    with ready.open("rb") as file:
        for line in file:
            triple, _, graph = line[:-3].rpartition(b" ")
            graphs.setdefault(graph[1:-1].decode(), []).append(triple + b" .\n")
    paths = {name: folder / f"{number}.nt" for number, name in enumerate(sorted(graphs))}
    for name, path in paths.items():
        path.write_bytes(b"".join(graphs[name]))
    return paths


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of an `oxigraph serve` on the folder of a new store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (OXIGRAPH, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}")
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def clear_server(address: str) -> None:
    """Empty the server's store."""
    request = urllib.request.Request(  # noqa: S310 - http, by `serving`
        f"{address}/update", b"DROP ALL", {"Content-Type": "application/sparql-update"}, method="POST"
    )
    with urllib.request.urlopen(request):  # noqa: S310 - as above
        pass


def main() -> None:
    """Measure what the arguments say; all tables unless told."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=4000, help="records for the folder (default: 4000)")
    parser.add_argument("--sent", type=int, default=1000, help="records for the server (default: 1000)")
    parser.add_argument("--sizes", default="1000,4000,16000", help="records of the table of memory")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--bulk", type=int, default=20_000, help="records in JSON Lines (default: 20000)")
    parser.add_argument("--keep", action="store_true", help="put the tables into benchmarks/README.md")
    parser.add_argument("--only", choices=["bulk", "embedded", "remote", "memory"], help="one table")
    arguments = parser.parse_args()
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    rounds, sizes = arguments.rounds, [int(size) for size in arguments.sizes.split(",")]
    tables: dict[str, tuple[str, Callable[[Path], str]]] = {
        "bulk": ("records", lambda place: bulk(place, arguments.bulk, rounds)),
        "embedded": ("folder", lambda place: embedded(place, arguments.records, rounds)),
        "remote": ("server", lambda place: remote(place, arguments.sent, rounds)),
        "memory": ("memory", lambda place: memory(place, sizes)),
    }
    for only, (name, measured) in tables.items():
        if arguments.only in (None, only):
            with tempfile.TemporaryDirectory() as place:
                tell(name, measured(Path(place)), keep=arguments.keep)


if __name__ == "__main__":
    main()
