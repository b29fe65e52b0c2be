// Suggestions for fields that ask for a thing: a combobox with a list (WAI-ARIA Authoring Practices, combobox).
import { element, isolated, local, root, tell } from "./words.js";

const DELAY = 150;
let count = 0;

for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);

function suggest(input) {
  const id = `suggestions-${++count}`;
  const list = element("ul", { class: "suggestions", id, role: "listbox", "aria-label": tell("suggestions"), hidden: true });
  const searches = input.type === "search";
  let timer;
  let asking = new AbortController();
  let found = [];
  let active = -1;

  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id }))
    input.setAttribute(name, value);
  input.after(list);

  function close() {
    asking.abort();
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = (index + found.length) % found.length;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${id}-${active}`);
  }

  function choose(index) {
    const { iri } = found[index];
    close();
    if (searches) location.assign(local(iri));
    else input.value = iri;
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    const parameters = new URLSearchParams({ q: input.value, kind: input.dataset.suggest, lang: document.documentElement.lang });
    try {
      const answer = await fetch(`${root}/explore/suggest.json?${parameters}`, { signal: asking.signal });
      if (!answer.ok) return close();
      found = await answer.json();
    } catch {
      return;
    }
    list.replaceChildren(
      ...found.map(({ name, kind }, index) =>
        element(
          "li",
          { role: "option", id: `${id}-${index}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(index); } },
          typeof name === "string" ? isolated(name) : isolated(name.text, name.language),
          element("span", { class: "kind" }, tell(`kind.${kind}`)),
        ),
      ),
    );
    list.hidden = !found.length;
    active = -1;
    input.setAttribute("aria-expanded", String(found.length > 0));
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length > 1) timer = setTimeout(ask, DELAY);
    else close();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active < 0 ? found.length - 1 : active - 1);
    else if (event.key === "Enter" && active >= 0) choose(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
