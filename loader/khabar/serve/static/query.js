// The SPARQL editor: Yasqe with completions of this server, and nothing of it that asks elsewhere.
import { answered, fromSparql, runner, show } from "./results.js";

const form = document.querySelector(".editor");
const text = form.querySelector("textarea");
const section = document.querySelector(".results");
const place = section.querySelector(".answer");
const permalink = form.querySelector(".permalink");
const prefixes = JSON.parse(section.dataset.prefixes);
const FORMS = {
  table: "application/sparql-results+json",
  graph: "text/turtle",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
};

const fromAddress = () => new URLSearchParams(location.hash.slice(1)).get("query");

const send = (query, accept, signal) =>
  fetch(section.dataset.endpoint, {
    method: "POST",
    headers: { accept, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ query }),
    signal,
  }).then(answered);

const run = runner(form, place, async (signal) => {
  const query = editor.getValue();
  keep(query);
  const isGraph = ["CONSTRUCT", "DESCRIBE"].includes(editor.getQueryType());
  const before = performance.now();
  const response = await send(query, isGraph ? FORMS.graph : FORMS.table, signal);
  const answer = isGraph ? { text: await response.text() } : fromSparql(await response.json());
  const seconds = (performance.now() - before) / 1000;
  const again = (accept) => async () => (await send(query, accept)).text();
  const downloads = isGraph
    ? [["Turtle", "triples.ttl", FORMS.graph, () => answer.text]]
    : [
        ["CSV", "results.csv", FORMS.csv, again(FORMS.csv)],
        ["TSV", "results.tsv", FORMS.tsv, again(FORMS.tsv)],
        ["JSON", "results.json", FORMS.table, () => JSON.stringify(answer.json)],
      ];
  show(place, answer, { prefixes, seconds, downloads });
});

/** The query in the address, as YASGUI has it, so that a link leads to it. */
function keep(query) {
  const address = `#query=${encodeURIComponent(query)}`;
  history.replaceState(null, "", address);
  permalink.href = address;
  permalink.hidden = false;
}

let known = { prefixes, classes: [], properties: [] };
const asked = fetch(form.dataset.completions)
  .then((answer) => (answer.ok ? answer.json() : known))
  .then((found) => (known = { ...known, ...found }))
  .catch(() => known);

function fork(origin, name, list) {
  const get = async () => list(await asked);
  Yasqe.forkAutocompleter(origin, { name, get, bulk: true, autoShow: true, persistenceId: null }, false);
  return name;
}

const iris = (terms) => terms.map(({ iri }) => iri);
const autocompleters = [
  "variables",
  fork("prefixes", "khabar-prefixes", (found) => Object.entries(found.prefixes).map(([prefix, namespace]) => `${prefix}: <${namespace}>`).sort()),
  fork("class", "khabar-classes", (found) => iris(found.classes)),
  fork("property", "khabar-properties", (found) => iris(found.properties)),
];

const label = form.querySelector("label").textContent;
const editor = new Yasqe(form.insertBefore(document.createElement("div"), text), {
  value: fromAddress() ?? text.value,
  autocompleters,
  persistenceId: null,
  createShareableLink: null,
  consumeShareLink: null,
  showQueryButton: false,
  resizeable: false,
  editorHeight: "22rem",
  screenReaderLabel: label,
  requestConfig: { endpoint: section.dataset.endpoint },
  extraKeys: { "Ctrl-Enter": () => run(), "Cmd-Enter": () => run(), Tab: false, "Shift-Tab": false },
});
text.hidden = true;
text.disabled = true;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
addEventListener("hashchange", () => {
  const query = fromAddress();
  if (query !== null && query !== editor.getValue()) editor.setValue(query);
});
