// The saved items, listed from the device. Each is looked up, so that what was withdrawn says so.

import { page } from "./app.js";
import { addressOf, attend, hold, keep, saved } from "./keeping.js";

const list = document.querySelector("[data-saved]");
const pattern = document.getElementById("saved-entry");

function show() {
  const items = saved();
  list.replaceChildren(...items.map(entryOf));
  list.hidden = !items.length;
  document.querySelector("[data-empty]").hidden = items.length > 0;
}

function entryOf(item) {
  const entry = pattern.content.firstElementChild.cloneNode(true);
  const link = entry.querySelector("a");
  link.href = addressOf(item.path);
  name(entry, item);
  attend(entry.querySelector("[data-save]"), item);
  look(entry, item);
  return entry;
}

function name(entry, { path, title, from }) {
  entry.querySelector("a").textContent = title || path;
  entry.querySelector("[data-of]").textContent = title || path;
  entry.querySelector("[data-from-community]").textContent = from;
}

/** Ask for the public page, which is the same for everybody, as a page fetched in advance: nobody opened it yet. */
async function look(entry, item) {
  const isKnown = Boolean(item.title);
  const options = { method: isKnown ? "HEAD" : "GET", credentials: "omit", cache: "no-cache", headers: { Purpose: "prefetch" } };
  const answer = await fetch(addressOf(item.path), options).catch(() => null);
  if (answer?.status === 404 || answer?.status === 410) {
    entry.querySelector("[data-withdrawn]").hidden = false;
    entry.querySelector("a").removeAttribute("href");
    drop(addressOf(item.path));
  } else if (answer?.ok && !isKnown) {
    // It came from another device, which told only its address.
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = (selector) => read.querySelector(`.story ${selector}`)?.textContent.trim() ?? "";
    const known = { path: item.path, title: said("h1"), from: said("[data-from-community]") };
    name(entry, known);
    Object.assign(item, known);
    if (saved().some(({ path }) => path === item.path)) keep(saved().map((one) => (one.path === item.path ? known : one)));
  }
}

/** What was withdrawn does not stay on the device. */
async function drop(address) {
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    if (!name.startsWith(`perron:${page.platform}:`)) continue;
    const cache = await caches.open(name);
    await cache.delete(address, { ignoreVary: true });
  }
}

addEventListener("perron:synced", ({ detail }) => detail.changed && show());
show();
hold();
