// The network, laid out once and then drawn: no motion, links that a keyboard reaches, text that the browser shapes.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "./vendor/d3-force.js";
import { drawn, element, local, rightToLeft, tell } from "./words.js";

const TICKS = 300;
const PASSES = 250;
const LINE = 15;
const WIDEST = 26;
const LINES = 2;
const LEAST_WIDE = 640;
const SHEET = 4.4;
const [SIDE, EDGE] = [16, 18];

const figure = document.querySelector(".network");
if (figure) draw().catch((error) => {
  console.warn(error);
  figure.querySelector(".box").removeAttribute("aria-busy");
  figure.querySelector(".box").replaceChildren(element("p", { class: "none", role: "alert" }, tell("unreachable")));
});

const families = figure ? JSON.parse(figure.dataset.families) : {};
const family = (stance) => (stance ? (families[stance] ?? "silent") : "role");
const called = ({ name, iri }) => name.text.trim() || iri.split(/[/#]/).at(-1);

/** A name in lines, at the most two, cut where it is longer. */
function lines(text) {
  const found = [""];
  for (const word of text.split(/\s+/)) {
    if (found.at(-1) && `${found.at(-1)} ${word}`.length > WIDEST) found.push(word);
    else found[found.length - 1] = `${found.at(-1)} ${word}`.trim();
  }
  const kept = found.slice(0, LINES).map((line) => (line.length > WIDEST + 6 ? `${line.slice(0, WIDEST + 5)}…` : line));
  if (found.length > LINES) kept[LINES - 1] += "…";
  return kept;
}

async function draw() {
  const box = figure.querySelector(".box");
  box.setAttribute("aria-busy", "true");
  const answer = await fetch(figure.dataset.address);
  if (!answer.ok) throw new Error(String(answer.status));
  const network = await answer.json();
  await document.fonts.ready;
  const { centre } = figure.dataset;
  const nodes = network.nodes.map(({ thing, weight }) => measured({ thing, size: 5 + Math.min(9, 2 * Math.sqrt(weight)) }));
  const placed = new Map(nodes.map((node) => [node.thing.iri, node]));
  const edges = network.edges.filter(({ source, target }) => placed.has(source) && placed.has(target));
  const links = edges.map((edge) => ({ edge, source: placed.get(edge.source), target: placed.get(edge.target) }));
  forceSimulation(nodes)
    .force("link", forceLink(links).distance(100).strength(0.5))
    .force("charge", forceManyBody().strength(-340))
    .force("x", forceX().strength(0.07))
    .force("y", forceY().strength(0.12))
    .force("apart", forceCollide((node) => Math.max(node.size + 16, node.width / 2.6)))
    .stop()
    .tick(TICKS);
  const [width, height] = fitted(nodes, box.clientWidth);
  box.replaceChildren(picture(nodes, links, width, height, centre));
  box.removeAttribute("aria-busy");
  box.scrollLeft = (rightToLeft ? -1 : 1) * Math.max(0, (box.scrollWidth - box.clientWidth) / 2);
}

const pen = document.createElement("canvas").getContext("2d");

/** A node with the room that it and its name need: `width` around its middle, `above` and `below` it. */
function measured(node) {
  pen.font = `12px ${getComputedStyle(figure.querySelector(".legend")).fontFamily}`;
  const text = lines(called(node.thing));
  const widest = Math.max(...text.map((line) => pen.measureText(line).width), 2 * node.size);
  return { ...node, text, width: widest + 8, above: node.size + 3, below: node.size + 6 + LINE * text.length };
}

/** Spread the nodes over a sheet as wide as the box, wider on a phone, so that no name lies on another or is cut. */
function fitted(nodes, room) {
  const area = nodes.reduce((sum, { width, above, below }) => sum + width * (above + below), 0) * SHEET;
  const width = Math.max(room - 2, LEAST_WIDE);
  const height = Math.max(380, area / width);
  // Half as the forces have it, half by rank: one that is far off must not press all others together.
  const spread = (key, low, high) => {
    const sorted = [...nodes].sort((one, other) => one[key] - other[key]);
    const [first, last] = [sorted[0][key], sorted.at(-1)[key]];
    const shares = sorted.map((node, rank) => (last > first ? ((node[key] - first) / (last - first) + rank / (sorted.length - 1)) / 2 : 0.5));
    sorted.forEach((node, rank) => (node[key] = low + shares[rank] * (high - low)));
  };
  const margin = Math.max(...nodes.map((node) => node.width)) / 2 + SIDE;
  spread("x", Math.min(margin, width / 2), Math.max(width - margin, width / 2));
  spread("y", EDGE + 20, height - 50);
  for (let pass = 0; pass < PASSES && parted(nodes, width); pass += 1);
  const top = Math.min(...nodes.map(({ y, above }) => y - above)) - EDGE;
  for (const node of nodes) node.y -= top;
  return [width, Math.max(...nodes.map(({ y, below }) => y + below)) + EDGE];
}

/** Push apart what overlaps, along the shorter way; tells whether anything did. */
function parted(nodes, width) {
  let moved = false;
  nodes.forEach((one, place) => {
    for (const other of nodes.slice(place + 1)) {
      const across = (one.width + other.width) / 2 - Math.abs(one.x - other.x);
      const [upper, lower] = one.y <= other.y ? [one, other] : [other, one];
      const down = upper.below + lower.above - (lower.y - upper.y);
      if (across <= 0 || down <= 0) continue;
      moved = true;
      if (down <= across) {
        upper.y -= down / 2 + 0.5;
        lower.y += down / 2 + 0.5;
      } else {
        const sign = one.x <= other.x ? 1 : -1;
        one.x -= sign * (across / 2 + 0.5);
        other.x += sign * (across / 2 + 0.5);
      }
    }
  });
  for (const node of nodes) node.x = Math.min(Math.max(node.x, node.width / 2 + SIDE), width - node.width / 2 - SIDE);
  return moved;
}

function picture(nodes, links, width, height, centre) {
  const label = figure.querySelector(".box").getAttribute("aria-label");
  return drawn(
    "svg",
    { class: "graph", width: Math.round(width), height: Math.round(height), viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label },
    drawn("g", {}, ...curves(links)),
    ...nodes.map((node) => point(node, centre)),
  );
}

/** Edges between the same two nodes beside one another: a denial must not hide under an assertion, and is drawn last. */
function curves(links) {
  const beside = new Map();
  const found = links.map(({ edge, source, target }) => {
    const pair = [edge.source, edge.target].sort().join(" ");
    const place = beside.get(pair) ?? 0;
    beside.set(pair, place + 1);
    const bend = (place % 2 ? 1 : -1) * Math.ceil(place / 2) * 0.18 * (edge.source < edge.target ? 1 : -1);
    const middle = [(source.x + target.x) / 2 - bend * (target.y - source.y), (source.y + target.y) / 2 + bend * (target.x - source.x)];
    const words = edge.stance || edge.relation.split(/[/#]/).at(-1);
    const d = `M${source.x} ${source.y}Q${middle[0]} ${middle[1]} ${target.x} ${target.y}`;
    const kind = family(edge.stance);
    const title = drawn("title", {}, `${called(source.thing)} — ${words} — ${called(target.thing)}`);
    // What is contrary is a double line, as its word has a double frame.
    const double = kind === "contrary" ? [drawn("path", { class: "edge between", d })] : [];
    return { kind, lines: [drawn("path", { class: `edge ${kind}`, d }, title), ...double] };
  });
  return found.sort((one, other) => (one.kind === "contrary") - (other.kind === "contrary")).flatMap((one) => one.lines);
}

function point({ thing, size, x, y, text }, centre) {
  const name = called(thing);
  const shape = thing.kind === "event"
    ? drawn("rect", { x: -size, y: -size, width: 2 * size, height: 2 * size })
    : drawn("circle", { r: size });
  const spans = text.map((line, place) => drawn("tspan", { x: 0, y: size + 14 + LINE * place }, line));
  return drawn(
    "g",
    { class: `node ${thing.kind}${thing.iri === centre ? " centre" : ""}`, transform: `translate(${x} ${y})` },
    drawn(
      "a",
      { href: local(thing.iri), "aria-label": `${name}, ${tell(`kind.${thing.kind}`)}` },
      drawn("title", {}, name),
      shape,
      drawn("text", { "text-anchor": "middle", lang: thing.name.language || undefined }, ...spans),
    ),
  );
}
