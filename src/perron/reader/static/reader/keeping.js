// Items that somebody keeps to read again. The list lies on this device; the service worker holds the pages, so that
// they open without a connection.

import { page, read, tellChosen, write } from "./app.js";

const KEY = `perron:${page.platform}:saved`;
const PATH = /^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/;
/** How many items a device saves at most. */
export const MOST_SAVED = 100;

/** What is saved, latest first: `[{path, title, from}]`; `path` is "liege/fete-du-quai", the others may be "". */
export function saved() {
  return savedFrom(read(KEY).items);
}

/** The saved items in a list that anybody may have written. */
export function savedFrom(items) {
  const known = new Map();
  for (const item of Array.isArray(items) ? items : []) {
    if (typeof item?.path !== "string" || !PATH.test(item.path) || known.has(item.path)) continue;
    known.set(item.path, { path: item.path, title: words(item.title), from: words(item.from) });
  }
  return [...known.values()].slice(0, MOST_SAVED);
}

/** Keep this list, and have the worker hold its pages. False if the device keeps nothing. */
export function keep(items) {
  const kept = write(KEY, { items: items.slice(0, MOST_SAVED) });
  if (kept) hold();
  return kept && tellChosen();
}

/** Save these paths and no others, as other devices have it; true if something is new here. What they are called is found. */
export function adoptSaved(paths) {
  const own = new Map(saved().map((item) => [item.path, item]));
  const isNew = paths.length !== own.size || paths.some((path) => !own.has(path));
  if (isNew && write(KEY, { items: paths.map((path) => own.get(path) ?? { path, title: "", from: "" }) })) hold();
  return isNew;
}

/** The address of a saved item in the language of this page. */
export const addressOf = (path) => `${location.origin}${page.root}${page.lang}/${path}/`;

/** Tell the worker what to hold: the saved pages, and the page that lists them. */
export async function hold() {
  const items = saved();
  await navigator.serviceWorker?.ready;
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  const own = registrations.find(({ scope }) => scope === `${location.origin}${page.root}`);
  const addresses = items.map(({ path }) => addressOf(path));
  own?.active?.postMessage({ platform: page.platform, saved: addresses.length ? [addressOf("saved"), ...addresses] : [] });
}

/** Give the cards in `root`, or the item's page, their button. */
export function offerToSave(root = document) {
  const cards = root.matches?.(".card") ? [root] : root.querySelectorAll(".card");
  for (const card of cards) {
    const [over, link] = [card.querySelector(".card-over"), card.querySelector(".card-title a")];
    // A document may be broken: a card without its parts is shown all the same.
    if (!over || !link) continue;
    const item = { path: pathOf(link.href), title: words(link.textContent), from: words(over.querySelector(":scope > [dir]")?.textContent) };
    if (!item.path || card.querySelector("[data-save]")) continue;
    const button = document.getElementById("save").content.firstElementChild.cloneNode(true);
    const label = button.querySelector("[data-of]");
    label.append(" ", item.title);
    over.append(button);
    attend(button, item);
  }
}

/** Make a button save `item`, or forget it. */
export function attend(button, item) {
  const show = () => button.setAttribute("aria-pressed", saved().some(({ path }) => path === item.path));
  button.addEventListener("click", () => {
    const others = saved().filter(({ path }) => path !== item.path);
    keep(button.getAttribute("aria-pressed") === "true" ? others : [item, ...others]);
    show();
  });
  // Another page may have changed it: one that the reader comes back from, or in another tab.
  for (const event of ["pageshow", "storage", "perron:synced"]) addEventListener(event, show);
  show();
}

/** "liege/fete-du-quai" of an item's address, or "". */
export function pathOf(address) {
  if (!URL.canParse(address, location.href)) return "";
  const { pathname } = new URL(address, location.href);
  const path = pathname.startsWith(page.root) ? pathname.slice(page.root.length).split("/").slice(1, 3).join("/") : "";
  return PATH.test(path) ? path : "";
}

const words = (value) => (typeof value === "string" ? value.replace(/\s+/g, " ").trim().slice(0, 300) : "");

offerToSave();
