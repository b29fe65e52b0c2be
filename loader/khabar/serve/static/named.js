// A bundled question: its form asks the API, page by page, and the answer is shown as the editor shows it.
import { answered, runner, show } from "./results.js";
import { element, tell } from "./words.js";

const form = document.querySelector(".named");
const section = document.querySelector(".results");
const place = section.querySelector(".answer");
const prefixes = JSON.parse(section.dataset.prefixes);
const wording = JSON.parse(section.dataset.wording);

/** The address of the API with the parameters that are filled in. */
function address(format) {
  const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  if (format) given.set("format", format);
  const query = given.toString();
  return section.dataset.api + (query ? `?${query}` : "");
}

function link() {
  document.querySelector(".as-csv").href = address("csv");
  document.querySelector(".as-json").href = address("json");
}

async function part(where, signal, before) {
  const answer = await (await fetch(where, { headers: { accept: "application/json" }, signal }).then(answered)).json();
  return { columns: answer.columns, rows: [...before, ...answer.rows], next: answer.next, json: { columns: answer.columns, rows: [...before, ...answer.rows] } };
}

function present(answer, name, seconds) {
  const csv = async () => (await fetch(address("csv")).then(answered)).text();
  show(place, answer, {
    prefixes,
    wording,
    seconds,
    downloads: [
      ["CSV", `${name}.csv`, "text/csv", csv],
      ["JSON", `${name}.json`, "application/json", () => JSON.stringify(answer.json)],
    ],
  });
  if (!answer.next) return;
  // A page of the API tells the next; only one of this server is followed.
  const next = new URL(answer.next, location.href);
  if (next.origin !== location.origin) return;
  place.append(
    element("button", { type: "button", onclick: (event) => {
      event.currentTarget.disabled = true;
      runner(form, place, async (signal) => present(await part(next, signal, answer.rows), name))();
    } }, tell("more-rows")),
  );
}

const run = runner(form, place, async (signal) => {
  link();
  const before = performance.now();
  const answer = await part(address(), signal, []);
  present(answer, section.dataset.api.split("/").at(-1), (performance.now() - before) / 1000);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("change", link);
link();
run();
