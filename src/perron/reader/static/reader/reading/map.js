// The map: larger and smaller, moved by dragging or by what has the focus; and of the server's map of the whole platform,
// what this device follows.

import { following, isAbout, page } from "../app.js";

const LARGEST = 16; // times the whole map

function moving(map) {
  const svg = map.querySelector("svg");
  const whole = svg.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let now = { ...all };

  function show({ x, y, width, height }) {
    const within = (value, low, size, room) => Math.min(Math.max(value, low), low + room - size);
    now = { x: within(x, all.x, width, all.width), y: within(y, all.y, height, all.height), width, height };
    svg.setAttribute("viewBox", `${now.x} ${now.y} ${now.width} ${now.height}`);
    // Markers and names keep their size on the screen.
    const unit = Math.max(now.width / Math.max(1, svg.clientWidth), now.height / Math.max(1, svg.clientHeight));
    for (const one of svg.querySelectorAll("[data-at]")) one.setAttribute("transform", `translate(${one.dataset.at}) scale(${unit})`);
    for (const button of map.querySelectorAll("[data-zoom]")) button.disabled = now.width === (button.dataset.zoom === "2" ? all.width / LARGEST : all.width);
  }

  function zoom(factor, x = now.x + now.width / 2, y = now.y + now.height / 2) {
    const width = factor ? Math.min(all.width, Math.max(all.width / LARGEST, now.width / factor)) : all.width;
    const height = (width / all.width) * all.height;
    show({ x: x - width / 2, y: y - height / 2, width, height });
  }

  for (const button of map.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
  svg.addEventListener("focusin", ({ target }) => {
    const [x, y] = target.closest("[data-at]").dataset.at.split(" ").map(Number);
    if (now.width < all.width) zoom(1, x, y);
  });
  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (now.width < all.width && !event.target.closest("a")) held = { x: event.clientX, y: event.clientY, from: now };
    if (held) svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const scale = now.width / svg.clientWidth;
    show({ ...now, x: held.from.x - (event.clientX - held.x) * scale, y: held.from.y - (event.clientY - held.y) * scale });
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (held = null));
  addEventListener("resize", () => show(now));
  show(now);
}

function narrow() {
  const { communities, topics } = following();
  const isFollowed = ({ dataset }) => communities.includes(dataset.community) && isAbout(dataset.topics.split(" ").filter(Boolean), topics);
  for (const entry of document.querySelectorAll("[data-spots] [data-community]")) entry.hidden = !isFollowed(entry);
  for (const group of document.querySelectorAll("[data-group]")) {
    const number = group.querySelectorAll("[data-community]:not([hidden])").length;
    group.hidden = !number;
    const marker = document.querySelector(`[href="#${group.id}"][data-spot]`);
    if (!marker) continue;
    marker.parentElement.toggleAttribute("hidden", !number);
    marker.querySelector("[data-count]").textContent = number;
    marker.setAttribute("aria-label", `${group.querySelector("h2").textContent}: ${number}`);
  }
  document.querySelector("[data-empty]").hidden = Boolean(document.querySelector("[data-group]:not([hidden])"));
}

// A choice in the address was answered by the server; a community's own map is the same for everybody.
if (!page.community && !("choice" in page) && following().communities.length) narrow();
const map = document.querySelector("[data-map]");
if (map) moving(map);
