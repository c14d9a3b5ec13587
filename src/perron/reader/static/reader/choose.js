// The first run, and later changes of it. Communes are looked up on the device, and the choice is kept there.

import { follow, following, page, read } from "./app.js";
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
  const isMeant = (box) => found.some((commune) => commune.communities.includes(box.value)) || normalise(nameOf(box)).includes(wanted);
  const isNone = wanted !== "" && !found.length && !boxes("c").some(isMeant);
  // Of what leads to nothing, the whole list: the line that says so sends people there.
  narrow((box) => isNone || isMeant(box));
  offer(found.map((commune) => ({ commune })));
  say("none", isNone);
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

let shown = { communities: [], topics: [] };
/** Tick what is followed. What somebody ticked and has not kept yet stays, unless another device changed just that. */
function tick(isFirst = false) {
  const chosen = following();
  for (const [name, list] of [["c", "communities"], ["t", "topics"]]) {
    for (const box of boxes(name)) {
      const wanted = chosen[list].includes(box.value);
      if (isFirst || wanted !== shown[list].includes(box.value)) box.checked = wanted;
    }
  }
  shown = chosen;
}

/** The switch for all devices: who has not switched it on is led to where that is done, and nothing is asked. */
async function offerToSync(section) {
  const show = (status) => {
    for (const part of section.querySelectorAll("[data-sync-when]")) part.hidden = part.dataset.syncWhen !== status;
  };
  if (!read(`perron:${page.platform}:sync`).id) return;
  const { status, stop } = await import("./syncing.js");
  const look = () => show(status());
  section.querySelector("[data-sync-stop]").addEventListener("click", async () => show((await stop()) ? "stopped" : "failed"));
  addEventListener("perron:synced", ({ detail }) => (look(), detail.changed && tick()));
  look();
}

function begin() {
  if (!new URLSearchParams(location.search).has("c")) tick(true);
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
  offerToSync(document.querySelector("[data-sync]"));
  if (!nearestButton || !results) return;
  nearestButton.hidden = !("geolocation" in navigator);
  nearestButton.addEventListener("click", lookAround);
}

begin();
