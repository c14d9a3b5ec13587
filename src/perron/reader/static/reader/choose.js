// The first run, and later changes of it. Communes are looked up on the device, and the choice is kept there.

import { follow, following, page } from "./app.js";
import { find, nearest, normalise } from "./finding.js";

const form = document.querySelector("form[data-choose]");
const search = form.querySelector("[data-search]");
const nearestButton = form.querySelector("[data-nearest]");
const results = document.querySelector("[data-found]");
const boxes = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
const kilometres = new Intl.NumberFormat(page.lang, { style: "unit", unit: "kilometer", maximumFractionDigits: 1 });

let fetched;
/** The platform's communes, fetched once, when somebody begins to look for one. */
function communes() {
  fetched ??= fetch(`${page.root}${page.lang}/places.json`, { credentials: "omit" })
    .then((answer) => answer.json())
    .then((places) => places.communes)
    .catch(() => ((fetched = undefined), []));
  return fetched;
}

async function look() {
  const typed = search.value;
  const found = typed.trim() ? find(await communes(), typed) : [];
  if (typed !== search.value) return; // somebody typed on
  const wanted = normalise(typed);
  narrow((box) => !wanted || found.some((commune) => commune.communities.includes(box.value)) || normalise(nameOf(box)).includes(wanted));
  offer(found.map((commune) => ({ commune })));
  say("none", wanted && !boxes("c").some((box) => !rowOf(box).hidden && !box.checked) && !found.length);
}

function lookAround() {
  say("no-position", false);
  nearestButton.setAttribute("aria-busy", "true");
  // The position is compared with the list of places here, and forgotten.
  navigator.geolocation.getCurrentPosition(
    async ({ coords }) => {
      const found = nearest(await communes(), coords);
      nearestButton.removeAttribute("aria-busy");
      search.value = "";
      offer(found);
      results.querySelector("button")?.focus();
    },
    () => {
      nearestButton.removeAttribute("aria-busy");
      say("no-position", true);
    },
    { timeout: 15_000, maximumAge: 600_000 },
  );
}

/** Offer communes as buttons; picking one ticks its own community and leaves only what is there to choose from. */
function offer(found) {
  say("none", false);
  results.querySelector("ul").replaceChildren(
    ...found.map(({ commune, distance }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(commune.name, " ", small(distance === undefined ? commune.postal_codes.slice(0, 3).join(" · ") : kilometres.format(distance)));
      button.addEventListener("click", () => pick(commune));
      const entry = document.createElement("li");
      entry.append(button);
      return entry;
    }),
  );
}

function pick(commune) {
  const here = boxes("c").filter((box) => commune.communities.includes(box.value));
  for (const box of here.filter((box) => box.dataset.kind === "commune")) box.checked = true;
  search.value = commune.name;
  offer([]);
  narrow((box) => here.includes(box));
  here[0]?.focus();
}

/** Show the rows that `wanted` lets through and those already ticked, and the groups in which something is left. */
function narrow(wanted) {
  for (const box of boxes("c")) rowOf(box).hidden = !box.checked && !wanted(box);
  for (const group of form.querySelectorAll("[data-group]")) group.hidden = [...group.querySelectorAll("input[name=c]")].every((box) => rowOf(box).hidden);
}

const rowOf = (box) => box.closest("li, [data-row]") ?? box.closest("label");

const nameOf = (box) => box.labels?.[0]?.textContent ?? "";

function small(text) {
  const element = document.createElement("small");
  element.textContent = text;
  return element;
}

function say(name, wanted) {
  for (const line of results.querySelectorAll(`[data-said="${name}"]`)) line.hidden = !wanted;
}

function keep(event) {
  const ticked = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);
  const every = boxes("t").every((box) => box.checked);
  // A device that keeps nothing (private mode) takes the way without JavaScript: the choice in the address.
  if (!follow({ communities: ticked("c"), topics: every ? [] : ticked("t") })) return;
  event.preventDefault();
  location.assign(form.action);
}

function begin() {
  const chosen = following();
  if (!new URLSearchParams(location.search).has("c")) {
    for (const box of boxes("c")) box.checked = chosen.communities.includes(box.value);
    for (const box of boxes("t")) box.checked = chosen.topics.includes(box.value);
  }
  form.addEventListener("submit", keep);
  if (search && results) {
    results.hidden = false;
    search.addEventListener("focus", communes, { once: true });
    search.addEventListener("input", look);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      results.querySelector("button")?.click();
    });
    if (search.value) look();
  }
  if (!nearestButton || !results) return;
  nearestButton.hidden = !("geolocation" in navigator);
  nearestButton.addEventListener("click", lookAround);
}

begin();
