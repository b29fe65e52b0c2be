// Zoom and drag for the map that the server drew: one window in degrees, from which all positions follow.
const frame = document.querySelector(".frame");
if (frame) move(frame);

function move(frame) {
  const outlines = frame.querySelector(".outlines");
  const pins = [...frame.querySelectorAll(".pin")];
  const whole = Object.fromEntries(["left", "top", "width", "height"].map((key) => [key, Number(frame.dataset[key])]));
  let window = { ...whole };

  /** The window with the aspect of the frame, which differs on a phone from the server's. */
  function fitted({ left, top, width, height }) {
    const aspect = frame.clientWidth / frame.clientHeight || 16 / 9;
    const wide = Math.max(width, height * aspect);
    return { left: left - (wide - width) / 2, top: top - (wide / aspect - height) / 2, width: wide, height: wide / aspect };
  }

  function draw() {
    outlines.setAttribute("viewBox", `${window.left} ${window.top} ${window.width} ${window.height}`);
    for (const pin of pins) {
      pin.setAttribute("x", `${(100 * (Number(pin.dataset.longitude) - window.left)) / window.width}%`);
      pin.setAttribute("y", `${(100 * (-Number(pin.dataset.latitude) - window.top)) / window.height}%`);
    }
    name();
  }

  /** Where a name may stand: after its place, before it, above or below. */
  const sides = [
    (gap) => ({ x: gap, y: 4, "text-anchor": "start" }),
    (gap) => ({ x: -gap, y: 4, "text-anchor": "end" }),
    (gap) => ({ x: 0, y: -gap, "text-anchor": "middle" }),
    (gap) => ({ x: 0, y: gap + 9, "text-anchor": "middle" }),
  ];

  /** Names stand where they lie on no other and on no place; where there is no room, focus and pointing show them. */
  function name() {
    const edge = frame.getBoundingClientRect();
    const places = pins.map((pin) => pin.querySelector("circle").getBoundingClientRect());
    const taken = frame.querySelector(".tools").hidden ? [] : [frame.querySelector(".tools").getBoundingClientRect()];
    pins.forEach((pin, own) => {
      const text = pin.querySelector("text");
      const gap = Number(pin.querySelector("circle").getAttribute("r")) + 4;
      const put = (side) => {
        for (const [key, value] of Object.entries(side(gap))) text.setAttribute(key, value);
        return text.getBoundingClientRect();
      };
      const isFree = (box) => {
        const hits = (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
        const isInside = box.left >= edge.left && box.right <= edge.right && box.top >= edge.top && box.bottom <= edge.bottom;
        return isInside && !taken.some(hits) && !places.some((place, index) => index !== own && hits(place));
      };
      const free = sides.find((side) => isFree(put(side)));
      pin.classList.toggle("crowded", !free);
      if (free) taken.push(text.getBoundingClientRect());
      else if (put(sides[0]).right > edge.right) put(sides[1]);
    });
  }

  function zoom(factor, x = 0.5, y = 0.5) {
    const width = Math.min(360, Math.max(0.5, window.width * factor));
    const height = (width * window.height) / window.width;
    window = { left: window.left + (window.width - width) * x, top: window.top + (window.height - height) * y, width, height };
    draw();
  }

  function shift(x, y) {
    window = { ...window, left: window.left + x * window.width, top: window.top + y * window.height };
    draw();
  }

  function reset() {
    window = fitted(whole);
    draw();
  }

  const ways = { in: () => zoom(0.6), out: () => zoom(1 / 0.6), whole: reset };
  for (const button of frame.querySelectorAll("[data-zoom]")) button.addEventListener("click", ways[button.dataset.zoom]);
  frame.querySelector(".tools").hidden = false;

  const keys = { "+": ways.in, "=": ways.in, "-": ways.out, 0: reset, ArrowLeft: () => shift(-0.15, 0), ArrowRight: () => shift(0.15, 0), ArrowUp: () => shift(0, -0.15), ArrowDown: () => shift(0, 0.15) };
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  let last;
  frame.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("a, button")) last = [event.clientX, event.clientY];
  });
  frame.addEventListener("pointermove", (event) => {
    if (!last || !event.buttons) return;
    shift((last[0] - event.clientX) / frame.clientWidth, (last[1] - event.clientY) / frame.clientHeight);
    last = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) frame.addEventListener(end, () => (last = undefined));
  reset();
  new ResizeObserver(reset).observe(frame);
  // Names are as wide as their letters, which come later than the page.
  document.fonts.ready.then(draw);
}
