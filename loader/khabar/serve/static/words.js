// What the scripts of all pages share: words and numbers of the page's language, elements, addresses.
const page = document.documentElement;
const words = JSON.parse(page.dataset.words);
const plurals = new Intl.PluralRules(page.lang);

export const language = page.lang;
export const root = page.dataset.root;
export const rightToLeft = page.dir === "rtl";

const numbers = new Intl.NumberFormat(language === "ar" ? "ar-u-nu-arab" : language);
export const number = (value) => numbers.format(value);

/** A message with its values; `n` chooses the plural form. */
export function tell(key, values = {}) {
  let message = words[key];
  if (typeof message !== "string") message = message[plurals.select(values.n)] ?? message.other;
  return message.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? number(values[name]) : values[name]));
}

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

/** An element with attributes and children; texts are texts, never markup. */
export const element = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
export const drawn = (name, attributes = {}, ...children) => filled(document.createElementNS(SVG, name), attributes, children);

/** A text with its language, kept apart from the direction of what is around it. */
export const isolated = (text, tag = "") => element("bdi", { dir: "auto", lang: tag || undefined }, text);

/** The address of a path of this server, with the language where the page was asked for with one. */
export function href(path, parameters = {}) {
  const given = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ""));
  if (page.dataset.kept === "True") given.set("lang", language);
  const query = given.toString();
  return root + path + (query ? `?${query}` : "");
}

const KINDS = /^(?:articles|agents|sources|places|events|claims|statements|passages|types|graphs)\/[A-Za-z0-9._-]+$/;
export const TERMS = "https://w3id.org/khabar/ns#";

/** The page for an IRI, as the server has it: see `khabar.serve.rendering.local`. */
export function local(iri) {
  const base = page.dataset.base;
  if (iri.startsWith(base) && KINDS.test(iri.slice(base.length))) return href(`/${iri.slice(base.length)}.html`);
  if (iri.startsWith(TERMS)) return `${href("/ontology")}#${encodeURIComponent(iri.slice(TERMS.length))}`;
  return href("/resource", { iri });
}

/** What a server says of a fault: RFC 9457 where it is so, or else its words or its status. */
export async function problem(response) {
  const type = response.headers.get("content-type") ?? "";
  const text = await response.text();
  if (type.includes("json")) {
    try {
      const { title, detail, remedy } = JSON.parse(text);
      return { title: title ?? tell("fault"), detail: [detail, remedy].filter(Boolean).join("\n") };
    } catch {
      // Told below.
    }
  }
  return { title: `${tell("fault")} (${response.status})`, detail: type.includes("html") ? "" : text.slice(0, 2000) };
}
