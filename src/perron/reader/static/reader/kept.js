// The offline page: what can be read all the same, because it was opened on this device before.

import { page } from "./app.js";

const MOST = 20;

/** The pages kept in the language of this one, latest first: `[{address, title}]`. */
async function keptPages() {
  const cache = await caches.open(`perron:${page.platform}:pages`);
  const here = `${location.origin}${page.root}${page.lang}/`;
  const addresses = (await cache.keys()).map((key) => key.url).filter((address) => address.startsWith(here));
  const reading = addresses.reverse().slice(0, MOST).map(async (address) => {
    const kept = await cache.match(address, { ignoreVary: true });
    const read = new DOMParser().parseFromString(await kept.text(), "text/html");
    const main = read.querySelector("main");
    // An agenda's title says neither whose it is nor which days it shows; that of today and of the choice is a tab's.
    const agenda = "main header.stack :is(h1, .over a, .agenda-turn h2)";
    const tab = ".tabs [aria-current]";
    const parts = { agenda, today: tab, choose: tab }[main?.dataset.page] ?? "main h1";
    const title = Array.from(read.querySelectorAll(parts), (one) => one.textContent.trim()).join(" · ");
    return { address, title, page: main?.dataset.page };
  });
  return (await Promise.all(reading)).filter((kept) => kept.title && kept.page !== "offline");
}

async function list() {
  const pages = await keptPages().catch(() => []);
  const entries = pages.map(({ address, title }) => {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = title.replace(/\s+/g, " ").trim();
    const entry = document.createElement("li");
    entry.append(link);
    return entry;
  });
  document.querySelector("[data-kept] ul").replaceChildren(...entries);
  document.querySelector("[data-kept]").hidden = !entries.length;
}

list();
