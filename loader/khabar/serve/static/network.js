// The network, laid out once and then drawn: no motion, links that a keyboard reaches, text that the browser shapes.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "./vendor/d3-force.js";
import { drawn, element, local, rightToLeft, tell } from "./words.js";

const TICKS = 300;
const FAMILIES = {
  affirms: ["asserts", "confirms"],
  forwards: ["reports", "alleges"],
  contrary: ["denies", "disputes", "retracts"],
  silent: ["declines-comment"],
};

const figure = document.querySelector(".network");
if (figure) draw().catch((error) => {
  console.warn(error);
  figure.querySelector(".box").replaceChildren(element("p", { class: "none", role: "alert" }, tell("unreachable")));
});

const family = (stance) => Object.keys(FAMILIES).find((name) => FAMILIES[name].includes(stance)) ?? (stance ? "silent" : "role");
const called = ({ name, iri }) => name.text.trim() || iri.split(/[/#]/).at(-1);
const shortly = (text) => (text.length > 34 ? `${text.slice(0, 32)}…` : text);

async function draw() {
  const box = figure.querySelector(".box");
  const answer = await fetch(figure.dataset.address);
  if (!answer.ok) throw new Error(String(answer.status));
  const network = await answer.json();
  const centre = new URLSearchParams(location.search).get("centre");
  const nodes = network.nodes.map(({ thing, weight }) => ({ thing, size: 5 + Math.min(9, 2 * Math.sqrt(weight)) }));
  const placed = new Map(nodes.map((node) => [node.thing.iri, node]));
  const edges = network.edges.filter(({ source, target }) => placed.has(source) && placed.has(target));
  const links = edges.map((edge) => ({ edge, source: placed.get(edge.source), target: placed.get(edge.target) }));
  forceSimulation(nodes)
    .force("link", forceLink(links).distance(110).strength(0.5))
    .force("charge", forceManyBody().strength(-320))
    .force("x", forceX().strength(0.09))
    .force("y", forceY().strength(0.13))
    .force("apart", forceCollide((node) => Math.max(node.size + 18, 3.1 * shortly(called(node.thing)).length)))
    .stop()
    .tick(TICKS);
  box.replaceChildren(picture(nodes, links, centre));
  box.removeAttribute("aria-busy");
  box.scrollLeft = (rightToLeft ? -1 : 1) * Math.max(0, (box.scrollWidth - box.clientWidth) / 2);
}

function picture(nodes, links, centre) {
  const [side, edge] = [150, 30];
  const left = Math.min(...nodes.map(({ x }) => x)) - side;
  const top = Math.min(...nodes.map(({ y }) => y)) - edge;
  const width = Math.max(...nodes.map(({ x }) => x)) + side - left;
  const height = Math.max(...nodes.map(({ y }) => y)) + edge - top;
  return drawn(
    "svg",
    { class: "graph", width: Math.round(width), height: Math.round(height), viewBox: `${left} ${top} ${width} ${height}`, role: "group", "aria-label": figure.querySelector(".box").getAttribute("aria-label") },
    drawn("g", {}, ...curves(links)),
    ...nodes.map((node) => point(node, centre)),
  );
}

/** Edges between the same two nodes beside one another: a denial must not hide under an assertion. */
function curves(links) {
  const beside = new Map();
  return links.map(({ edge, source, target }) => {
    const pair = [edge.source, edge.target].sort().join(" ");
    const place = beside.get(pair) ?? 0;
    beside.set(pair, place + 1);
    const bend = (place % 2 ? 1 : -1) * Math.ceil(place / 2) * 0.18 * (edge.source < edge.target ? 1 : -1);
    const middle = [(source.x + target.x) / 2 - bend * (target.y - source.y), (source.y + target.y) / 2 + bend * (target.x - source.x)];
    const words = edge.stance || edge.relation.split(/[/#]/).at(-1);
    return drawn(
      "path",
      { class: `edge ${family(edge.stance)}`, d: `M${source.x} ${source.y}Q${middle[0]} ${middle[1]} ${target.x} ${target.y}` },
      drawn("title", {}, `${called(source.thing)} — ${words} — ${called(target.thing)}`),
    );
  });
}

function point({ thing, size, x, y }, centre) {
  const name = called(thing);
  const shape = thing.kind === "event"
    ? drawn("rect", { x: -size, y: -size, width: 2 * size, height: 2 * size })
    : drawn("circle", { r: size });
  return drawn(
    "g",
    { class: `node ${thing.kind}${thing.iri === centre ? " centre" : ""}`, transform: `translate(${x} ${y})` },
    drawn(
      "a",
      { href: local(thing.iri), "aria-label": `${shortly(name)}, ${tell(`kind.${thing.kind}`)}` },
      drawn("title", {}, name),
      shape,
      drawn("text", { y: size + 14, "text-anchor": "middle", lang: thing.name.language || undefined }, shortly(name)),
    ),
  );
}
