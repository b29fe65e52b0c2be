// Results of queries, as a table, a chart and JSON: shared by the editor and by the bundled questions.
import { TERMS, drawn, element, isolated, language, local, number, problem, rightToLeft, tell } from "./words.js";

const SHOWN = 1000;
const CHARTED = 60;
const LONG = 24;
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMERIC = new Set(["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"].map((name) => XSD + name));
const PLAIN = `${XSD}string`;
const WHOLE = `${XSD}integer`;
const DATED = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));
const order = new Intl.Collator(language, { numeric: true });

/** Rows as they are in SPARQL 1.1 Query Results JSON (section 3.2). */
export function fromSparql(json) {
  if ("boolean" in json) return { boolean: json.boolean, json };
  const rows = json.results.bindings.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, term]) => [name, { ...term, lang: term["xml:lang"] ?? term.lang }])),
  );
  return { columns: json.head.vars, rows, json };
}

/** An IRI by the longest prefix that fits it. */
function shortened(iri, prefixes) {
  let best = "";
  for (const [prefix, namespace] of Object.entries(prefixes))
    if (iri.startsWith(namespace) && namespace.length > (prefixes[best] ?? "").length) best = prefix;
  if (!best) return iri;
  const rest = iri.slice(prefixes[best].length);
  return /^[\w.-]*$/.test(rest) ? `${best}:${rest}` : iri;
}

const isIri = (term) => /^[iu]ri$/.test(term?.type ?? "");

/** The words of the page's language for a term that the wording knows: a word of the ontology, or one of a query's own. */
function worded(term, { terms, values }) {
  if (!term || term.lang) return undefined;
  if (isIri(term)) return term.value.startsWith(TERMS) ? terms?.[term.value.slice(TERMS.length)] : undefined;
  if (values && term.datatype === WHOLE && /^-?\d{1,15}$/.test(term.value)) return number(Number(term.value));
  return (term.datatype ?? PLAIN) === PLAIN || term.datatype === `${XSD}boolean` ? values?.[term.value] : undefined;
}

function cell(term, { prefixes, wording }, label) {
  if (!term) return "";
  const words = label ? undefined : worded(term, wording);
  if (isIri(term)) {
    const linked = /^https?:/.test(term.value);
    const name = label ? isolated(label.value, label.lang) : words && isolated(words, language);
    const shown = name ?? element("code", { dir: "ltr" }, shortened(term.value, prefixes));
    return linked ? element("a", { href: local(term.value), title: term.value }, shown) : shown;
  }
  if (term.type === "bnode") return element("code", { dir: "ltr" }, `_:${term.value}`);
  if (words) return isolated(words, language);
  const type = term.datatype;
  const parts = [DATED.has(type) ? element("time", { class: "when", dir: "ltr" }, term.value) : isolated(term.value, term.lang)];
  if (type && type !== PLAIN && !NUMERIC.has(type) && !DATED.has(type) && !term.lang && !wording.values)
    parts.push(" ", element("code", { class: "type", dir: "ltr" }, shortened(type, prefixes)));
  return element("span", {}, ...parts);
}

/** Columns to show: a thing and its label (`event`, `eventLabel`) are one. */
function merged(columns, rows) {
  const isLabel = (name) =>
    name.endsWith("Label") && columns.includes(name.slice(0, -5)) && rows.some((row) => isIri(row[name.slice(0, -5)]));
  return columns.filter((name) => !isLabel(name)).map((name) => ({ name, label: columns.includes(`${name}Label`) ? `${name}Label` : "" }));
}

const value = (row, { name, label }) => row[label]?.value ?? row[name]?.value ?? "";

/** The words of a label, or for a term; an IRI without any is shortened. */
function called(row, column, { prefixes, wording }) {
  const term = row[column.label] ?? row[column.name];
  return worded(term, wording) ?? (isIri(term) ? shortened(term.value, prefixes) : (term?.value ?? ""));
}

const titled = (name, { columns }) => columns?.[name] ?? name;

/** The head of a column: its words, and where they are others its name in the query. */
function head(name, wording) {
  const words = titled(name, wording);
  return words === name ? [isolated(name)] : [isolated(words, language), " ", element("code", { class: "own-name", dir: "ltr" }, name)];
}
const isNumeric = (rows, name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || NUMERIC.has(row[name].datatype));

function table(answer, known) {
  const columns = merged(answer.columns, answer.rows);
  const numeric = new Set(columns.filter(({ name }) => isNumeric(answer.rows, name)));
  const body = element("tbody");
  const fill = (rows) =>
    body.replaceChildren(
      ...rows.slice(0, SHOWN).map((row) =>
        element("tr", {}, ...columns.map((column) => element("td", { class: numeric.has(column) ? "amount" : value(row, column).length > LONG && (row[column.label] ?? row[column.name]).type === "literal" && "long" }, cell(row[column.name], known, row[column.label])))),
      ),
    );
  const heads = columns.map((column) =>
    element("th", { scope: "col", class: numeric.has(column) && "amount" }, element("button", { type: "button", title: tell("sort", { column: titled(column.name, known.wording) }), onclick: () => sort(column) }, ...head(column.name, known.wording))),
  );
  function sort(column) {
    const head = heads[columns.indexOf(column)];
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const amount = (row) => Number(row[column.name]?.value ?? "");
    const compare = numeric.has(column) ? (a, b) => amount(a) - amount(b) : (a, b) => order.compare(called(a, column, known), called(b, column, known));
    fill([...answer.rows].sort((a, b) => sign * compare(a, b)));
  }
  fill(answer.rows);
  return boxed(element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
}

const boxed = (...children) => element("div", { class: "box", tabindex: "0", role: "region", "aria-label": tell("table") }, ...children);

/** The columns that a chart can be of: one of numbers, and one that names each of them; nothing where it is not so. */
function charted({ columns, rows }) {
  if (rows.length < 2) return undefined;
  const shown = merged(columns, rows);
  const isYear = ({ name }) => rows.every((row) => /^\d{4}$/.test(row[name]?.value));
  const year = shown.length === 2 ? shown.find(isYear) : undefined;
  const labels = shown.filter((column) => column === year || !isNumeric(rows, column.name));
  const amounts = shown.filter((column) => !labels.includes(column));
  if (amounts.length !== 1 || labels.length !== 1) return undefined;
  const [[amount], [label]] = [amounts, labels];
  // A name that comes twice is no name of one number.
  if (new Set(rows.map((row) => row[label.name]?.value)).size !== rows.length) return undefined;
  const isLine = rows.every((row) => row[label.name] && (DATED.has(row[label.name].datatype) || /^\d{4}(-\d\d){0,2}$/.test(row[label.name].value)));
  return { amount, label, isLine };
}

function chart(answer, known) {
  const { amount, label, isLine } = charted(answer);
  const title = tell("of", { column: titled(amount.name, known.wording), label: titled(label.name, known.wording) });
  const points = answer.rows.filter((row) => row[amount.name]).map((row) => ({ text: called(row, label, known), lang: row[label.label]?.lang ?? row[label.name]?.lang, amount: Number(row[amount.name].value) }));
  return element("figure", {}, element("figcaption", {}, title), isLine ? line(points, title) : bars(points.slice(0, CHARTED)));
}

function bars(points) {
  const most = Math.max(...points.map((point) => point.amount), 0) || 1;
  return element(
    "ul",
    { class: "bars" },
    ...points.map(({ text, lang, amount }) =>
      element(
        "li",
        {},
        element("span", { class: "what" }, isolated(text, lang)),
        element("span", { class: "amount" }, number(amount)),
        drawn("svg", { class: "bar", width: "100%", height: 6, "aria-hidden": "true" }, drawn("rect", { width: `${Math.max((100 * amount) / most, 0)}%`, height: 6 })),
      ),
    ),
  );
}

function line(points, title) {
  const [width, height, foot] = [900, 220, 24];
  const sorted = [...points].sort((a, b) => (a.text < b.text ? -1 : 1));
  const time = ({ text }) => Date.parse(text.length === 4 ? `${text}-01-01` : text.slice(0, 10));
  const [first, last] = [time(sorted[0]), time(sorted.at(-1))];
  const low = Math.min(0, ...sorted.map((point) => point.amount));
  const high = Math.max(...sorted.map((point) => point.amount)) || 1;
  const x = (point) => {
    const share = (time(point) - first) / (last - first || 1);
    return (rightToLeft ? 1 - share : share) * (width - 20) + 10;
  };
  const y = (point) => height - foot - ((point.amount - low) / (high - low || 1)) * (height - foot - 20);
  const ends = [sorted[0], sorted.at(-1)].map((point, place) =>
    drawn("text", { x: x(point), y: height - 4, "text-anchor": place ? "end" : "start" }, point.text),
  );
  return boxed(
    drawn(
      "svg",
      { class: "line", width, height, role: "img", "aria-label": title },
      drawn("line", { class: "grid", x1: 0, x2: width, y1: height - foot, y2: height - foot }),
      drawn("path", { d: sorted.map((point, place) => `${place ? "L" : "M"}${x(point)} ${y(point)}`).join("") }),
      ...sorted.map((point) => drawn("circle", { cx: x(point), cy: y(point), r: 3 }, drawn("title", {}, `${point.text}: ${number(point.amount)}`))),
      ...ends,
    ),
  );
}

function saved(content, type, name) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/**
 * Show an answer in `place`. `wording` has the words for columns, terms and values where they are known: see
 * `khabar.serve.wording`. `downloads` are (label, file name, type, function that gets the content).
 */
export function show(place, answer, { prefixes, wording = {}, seconds, downloads = [] }) {
  const known = { prefixes, wording };
  if ("boolean" in answer) return place.replaceChildren(element("p", { class: "lead" }, tell(answer.boolean ? "yes" : "no")));
  const views = answer.text === undefined
    ? [["table", () => table(answer, known)], ...(charted(answer) ? [["chart", () => chart(answer, known)]] : []), ["raw", () => boxed(element("pre", {}, JSON.stringify(answer.json, null, 1)))]]
    : [["graph", () => boxed(element("pre", {}, answer.text))]];
  const view = element("div");
  const buttons = views.map(([key, make]) =>
    element("button", { type: "button", "aria-pressed": "false", onclick: (event) => {
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === event.currentTarget)));
      view.replaceChildren(make());
    } }, tell(key)),
  );
  const rows = answer.rows?.length;
  const told = [rows === undefined ? "" : tell("rows", { n: rows }), seconds === undefined ? "" : tell("seconds", { n: Math.round(100 * seconds) / 100 })];
  if (rows > SHOWN) told.push(tell("first-rows", { n: SHOWN }));
  place.replaceChildren(
    element(
      "div",
      { class: "bar-of-tools" },
      element("div", { class: "views" }, ...buttons),
      element("p", { class: "small", role: "status" }, told.filter(Boolean).join(" · ")),
      element("div", {}, element("span", { class: "label" }, tell("download")), ...downloads.map(([label, name, type, content]) =>
        element("button", { type: "button", onclick: async () => {
          try {
            saved(await content(), type, name);
          } catch (error) {
            fail(place, error);
          }
        } }, label))),
    ),
    rows === 0 ? element("p", { class: "none" }, tell("none")) : view,
  );
  if (rows !== 0) buttons[0].click();
}

export const wait = (place) => place.replaceChildren(element("p", { class: "none", role: "status" }, tell("waiting")));

/** A fault that the server told, or that it could not be reached. */
export class Refused extends Error {
  constructor({ title, detail }) {
    super(title);
    this.detail = detail;
  }
}

export async function answered(response) {
  if (!response.ok) throw new Refused(await problem(response));
  return response;
}

/** Say in words why there is no answer. */
export function fail(place, error) {
  if (error.name === "AbortError") return place.replaceChildren(element("p", { class: "none", role: "status" }, tell("cancelled")));
  const refused = error instanceof Refused;
  if (!refused) console.warn(error);
  const title = refused ? error.message : tell("unreachable");
  return place.replaceChildren(
    element("div", { class: "problem", role: "alert" }, element("p", {}, element("strong", {}, isolated(title))), refused && error.detail ? element("p", {}, isolated(error.detail)) : undefined),
  );
}

/** Run one request at a time from a form: `ask` gets an abort signal; the form's cancel button ends it. */
export function runner(form, place, ask) {
  const cancel = form.querySelector(".cancel");
  let running;
  cancel.addEventListener("click", () => running?.abort());
  return async () => {
    running?.abort();
    const mine = (running = new AbortController());
    wait(place);
    place.setAttribute("aria-busy", "true");
    cancel.hidden = false;
    try {
      await ask(mine.signal);
    } catch (error) {
      if (running === mine) fail(place, error);
    } finally {
      if (running === mine) {
        cancel.hidden = true;
        place.removeAttribute("aria-busy");
      }
    }
  };
}
