"""Two hundred hostile queries: the server answers the next one each time, and nothing reaches another host."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from canary import Canary
from endpoints import answering, endpoint
from hostile_queries import LOOPBACK, calls_home, dense_graph, hostile_queries, services
from process_table import children, ended, ticks
from serving import Served, served
from waiting import until

SECONDS = 1.0
AT_ONCE = 6
NEXT = "SELECT (COUNT(*) AS ?n) { <https://example.org/x/n1> <https://example.org/x/link> ?o }"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dense") / "dense.ttl"
    path.write_text(dense_graph(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(graph: Path) -> Iterator[Served]:
    with served(graph, "--seconds", str(SECONDS), "--memory", "256", "--rows", "100000") as running:
        running.wait_for_index()
        yield running


def asked(server: Served, text: str, source: str) -> tuple[int, bytes]:
    """The status and body of the answer to a query that comes from the address ``source``."""
    port = int(server.address.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
    try:
        connection.request(
            "POST",
            "/sparql",
            text.encode("utf-8", "surrogatepass"),
            {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json, text/turtle"},
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_the_server_answers_the_next_query_after_each_of_two_hundred(server: Served) -> None:
    memory = _memory(server.process.pid)
    with Canary() as canary:
        queries = hostile_queries(canary.address)
        assert len(queries) >= 200
        waiting: SimpleQueue[tuple[str, str]] = SimpleQueue()
        for one in queries.items():
            waiting.put(one)
        statuses: dict[str, int] = {}
        wrong: list[str] = []

        def visitor(number: int) -> None:
            while True:
                try:
                    name, text = waiting.get_nowait()
                except Empty:
                    return
                try:
                    statuses[name], body = asked(server, text, f"127.0.1.{number}")
                    if statuses[name] == 200 and body[:1] == b"{":
                        assert body.endswith(b"}"), name
                    # Whoever asks something harmless next, from elsewhere, gets his answer.
                    status, body = asked(server, NEXT, f"127.0.2.{number}")
                    if status != 200 or b'"48"' not in body:
                        wrong.append(f"after {name}: {status}")
                except (OSError, http.client.HTTPException) as error:
                    wrong.append(f"{name}: {error!r}")

        threads = [threading.Thread(target=visitor, args=(number + 1,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert set(statuses.values()) <= {200, 400, 403, 413, 503}
        met = Counter(statuses.values())
        # The set is worth something only where many are stopped by what is to stop them.
        assert met[400] + met[403] > 60, met
        assert met[503] > 20, met
        assert canary.calls == 0
    # How soon each was dead is a matter of the machine as well: `make load` holds it to a second after its limit.
    assert server.get("/health").json["processes"]["killed"] >= met[503] // 2
    assert server.process.poll() is None
    # Nobody waits for an answer now, and no process is at one; what the server itself holds does not grow with them.
    until(lambda: _are_at_rest(server.process.pid))
    assert _memory(server.process.pid) < memory + 128 * 1024, memory


def test_no_process_is_left_over(graph: Path) -> None:
    with served(graph, "--seconds", "1", "--workers", "1") as running:
        heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert [asked(running, heavy, "127.0.0.1")[0] for _ in range(3)] == [503, 503, 503]
        assert asked(running, NEXT, "127.0.0.1")[0] == 200
        started = children(running.process.pid)
        # Two for visitors, two for pages; more may still be dying, or making the index.
        assert 4 <= len(started) <= 6
    assert not any(Path(f"/proc/{child}").exists() for child in started)


def test_who_kills_the_server_ends_its_processes_too(graph: Path) -> None:
    with served(graph, "--workers", "1") as running:
        started = children(running.process.pid)
        assert started
        running.process.kill()
        running.process.wait()
        for child in started:
            until(partial(ended, child))


def test_the_second_wall_alone_keeps_every_spelling_of_service_in() -> None:
    with Canary(everywhere=True) as canary:
        code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import pyoxigraph
from hostile_queries import calls_home, services
from khabar.evaluation.wall import without_network
store = pyoxigraph.Store()
store.add(pyoxigraph.Quad(*[pyoxigraph.NamedNode("urn:a")] * 4))
queries = [*services({canary.address!r}), *calls_home({canary.port})]
assert without_network()
refused = 0
for text in queries:
    try:
        list(store.query(text, use_default_graph_as_union=True))
    except (OSError, SyntaxError, RuntimeError, ValueError):
        refused += 1
    except TypeError:
        pass
print(refused)
"""
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert int(ran.stdout) > 15 + len(LOOPBACK) // 2
        assert canary.calls == 0


def test_without_walls_the_canary_would_sing() -> None:
    # What the test above shows would show nothing if the engine did not call.
    import pyoxigraph

    with Canary() as canary:
        answer = pyoxigraph.Store().query(next(services(canary.address)))
        assert isinstance(answer, pyoxigraph.QuerySolutions)
        with pytest.raises((OSError, RuntimeError)):
            list(answer)
        assert canary.calls > 0
    with Canary(everywhere=True) as canary:
        # Of the names only those that nobody has to be asked for.
        for text in calls_home(canary.port, [host for host in LOOPBACK if not set(host) - set("0123456789.:[]")]):
            with contextlib.suppress(OSError, RuntimeError, SyntaxError, TypeError):
                list(pyoxigraph.Store().query(text))  # type: ignore[arg-type] # no ASK among them
        assert canary.calls >= 8


def test_no_name_of_this_machine_leads_to_it(server: Served) -> None:
    with Canary(everywhere=True) as canary:
        for text in calls_home(canary.port):
            assert asked(server, text, "127.0.3.1")[0] in (400, 403), text
        assert canary.calls == 0


def test_only_the_service_that_was_allowed_is_reached(graph: Path) -> None:
    with Canary() as allowed, Canary() as other:
        name = "https://query.example.org/sparql"
        with served(graph, "--allow-service", f"{name}={allowed.address}/sparql") as running:
            status, _ = asked(running, f"SELECT * {{ SERVICE <{name}> {{ ?a ?b ?c }} }}", "127.0.0.1")
            assert status in (503, 502)
            assert allowed.calls > 0
            for text in services(other.address):
                assert asked(running, text, "127.0.0.1")[0] in (400, 403), text
        assert other.calls == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_service_that_was_allowed_leads_to_no_other(graph: Path, status: int) -> None:
    name = "https://query.example.org/sparql"
    with Canary() as canary, endpoint(answering("", status=status, Location=f"{canary.address}/sparql")) as allowed:
        with served(graph, "--workers", "1", "--allow-service", f"{name}={allowed.address}") as running:
            assert asked(running, f"SELECT * {{ SERVICE <{name}> {{ ?a ?b ?c }} }}", "127.0.0.1")[0] == 503
        assert allowed.asked
        assert canary.calls == 0


def test_what_a_service_answers_stays_data(graph: Path) -> None:
    name = "https://query.example.org/sparql"
    answers: list[str] = []

    def latest(handler: http.server.BaseHTTPRequestHandler) -> None:
        answering(answers[-1])(handler)

    with Canary() as canary, endpoint(latest) as allowed:
        injected = f"a) {{}} }} SERVICE <{canary.address}/> {{ ?x ?y ?z }} {{ VALUES (?b"
        cell = {"type": "uri", "value": f"urn:a> }} SERVICE <{canary.address}/> {{ ?x ?y ?z }} #"}
        with served(graph, "--workers", "1", "--allow-service", f"{name}={allowed.address}") as running:
            for head, row in ((injected, {}), (injected, {injected: cell}), ("", {}), ("a", {"a": cell})):
                answers.append(json.dumps({"head": {"vars": [head]}, "results": {"bindings": [row]}}))
                text = f"SELECT * {{ SERVICE <{name}> {{ ?a ?b ?c{len(answers)} }} }}"
                assert asked(running, text, "127.0.0.1")[0] in (400, 503)
            # Each was looked at, and no process ended of it.
            assert running.get("/health").json["processes"]["killed"] == 0
        assert len(allowed.asked) == len(answers)
        assert canary.calls == 0


def test_a_query_that_is_ended_leaves_nothing_of_its_answer(graph: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path))
        with served(graph, "--seconds", "0.5", "--rows", "100000000", "--workers", "1") as running:
            text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
            for form in ("tsv", "json", "xml"):
                answer = running.post(f"/sparql?format={form}", text.encode(), "application/sparql-query")
                assert answer.status == 503
                assert answer.json["detail"].startswith("query: expected an answer within 0.5 seconds")
            [room] = tmp_path.glob("khabar-*")
            until(lambda: not list(room.glob("answer-*")))
        assert not list(tmp_path.iterdir())


def _memory(process: int) -> int:
    """What is held in memory, in KiB."""
    told = Path(f"/proc/{process}/status").read_text().partition("VmRSS:")[2]
    return int(told.split()[0])


def _are_at_rest(server: int) -> bool:
    before = {child: ticks(child) for child in children(server)}
    threading.Event().wait(0.3)
    return before == {child: ticks(child) for child in children(server)}


def test_a_process_whose_server_does_not_come_to_it_ends_itself(graph: Path) -> None:
    with served(graph, "--seconds", "1", "--workers", "1") as running:
        started = children(running.process.pid)
        answers: list[int] = []
        heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        thread = threading.Thread(target=lambda: answers.append(asked(running, heavy, "127.0.0.1")[0]))
        thread.start()
        threading.Event().wait(0.25)
        running.process.send_signal(signal.SIGSTOP)
        try:
            until(lambda: any(map(ended, started)))
        finally:
            running.process.send_signal(signal.SIGCONT)
        thread.join()
        assert answers == [503]
        assert asked(running, NEXT, "127.0.0.1")[0] == 200
