// The service worker of one platform. `/sw.js` sends this file after a line that defines `APP`: the platform, its
// prefix, the build, the shell to keep, the offline pages and the paths that are not the residents'.
//
// It answers for residents' pages, their public documents, pictures and the program's own files, and for nothing else:
// studio, desk, account and API go straight to the network and are never kept.

const SHELL = `perron:${APP.platform}:shell:${APP.build}`;
const PAGES = { name: `perron:${APP.platform}:pages`, most: 60, patience: 4000 };
const DOCUMENTS = { name: `perron:${APP.platform}:documents`, most: 60, patience: 3000 };
const PICTURES = { name: `perron:${APP.platform}:pictures`, most: 120, largest: 400_000 };
const OWN = ["reader/", "screens/"];
const AS_OF = "Perron-As-Of";
// The parameters in which a choice, or what somebody looked for, stands in an address: such pages are not kept.
const CHOICE = ["c", "t", "q"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...APP.shell, ...Object.values(APP.offline)])));
});

addEventListener("activate", (event) => event.waitUntil(leaveOnlyOwn().then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const answer = answering(event);
  if (answer) event.respondWith(answer);
});

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
  if (event.data?.keep) event.waitUntil(Promise.all(event.data.keep.map(keepSeen)));
});

function answering(event) {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range")) return null;
  switch (sort(request.url, request.mode)) {
    case "shell":
      return fromShell(request);
    case "picture":
      return picture(event);
    case "document":
      return networkFirst(event, DOCUMENTS);
    case "page":
      return networkFirst(event, PAGES).catch(() => offlinePage(request.url));
    // A choice in the address is not kept; without a connection there is only the page that says so.
    case "choice":
      return fetch(request).catch(() => offlinePage(request.url));
    default:
      return null;
  }
}

/** What an address is to this worker: "shell", "picture", "document", "page", "choice", or "" for not ours. */
function sort(address, mode) {
  const url = new URL(address);
  if (url.origin !== location.origin) return "";
  if (url.pathname.startsWith(APP.statics) || APP.shell.includes(url.pathname)) return "shell";
  if (url.pathname.startsWith("/media/images/")) return "picture";
  if (!url.pathname.startsWith(APP.prefix)) return "";
  const parts = url.pathname.slice(APP.prefix.length).split("/");
  if (APP.reserved.includes(parts[0])) return "";
  if (/^(cards|places)\.json$/.test(parts.at(-1))) return url.search ? "" : "document";
  if (parts.at(-1) !== "" || mode !== "navigate") return "";
  return CHOICE.some((name) => url.searchParams.has(name)) ? "choice" : "page";
}

async function fromShell(request) {
  const kept = await caches.match(request, { cacheName: SHELL });
  if (kept) return kept;
  const answer = await fetch(request);
  // A page newer than this worker names newer files; files of the staff's pages are not the residents'.
  const isOwn = OWN.some((folder) => new URL(request.url).pathname.startsWith(APP.statics + folder));
  if (answer.ok && isOwn) {
    const cache = await caches.open(SHELL);
    await cache.put(request, answer.clone());
  }
  return answer;
}

async function picture(event) {
  const cache = await caches.open(PICTURES.name);
  const kept = await cache.match(event.request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (keepable(answer)) event.waitUntil(keep(PICTURES, event.request, answer.clone()));
  return answer;
}

async function networkFirst(event, store) {
  const { request } = event;
  const network = fetch(request).then((answer) => noting(store, request, answer));
  // A visitor who leaves before the answer does not stop it from being kept.
  event.waitUntil(network.catch(() => {}));
  const kept = await caches.match(request, { cacheName: store.name, ignoreVary: true });
  if (!kept) return network;
  const answer = await Promise.race([network.catch(() => null), after(store.patience)]);
  if (answer && answer.status < 500) return answer;
  if (answer === undefined) event.waitUntil(network.then(() => tellFresh(request.url), () => {}));
  return withAge(kept);
}

async function noting(store, request, answer) {
  if (keepable(answer)) await keep(store, request, answer.clone());
  // What was withdrawn does not stay on the device.
  if (answer.status === 404 || answer.status === 410) {
    const cache = await caches.open(store.name);
    await cache.delete(request, { ignoreVary: true });
  }
  return answer;
}

function keepable(answer) {
  const isPrivate = /no-store|private/.test(answer.headers.get("Cache-Control") ?? "");
  return answer.status === 200 && answer.type === "basic" && !answer.redirected && !isPrivate;
}

async function keep({ name, most, largest = Infinity }, request, answer) {
  const body = await answer.blob();
  if (body.size > largest) return;
  const headers = new Headers({ "Content-Type": answer.headers.get("Content-Type"), [AS_OF]: new Date().toISOString() });
  for (const name of ["Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy"]) {
    if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  }
  const cache = await caches.open(name);
  try {
    // Taken out first, so that the order of the keys is the order of last use by the network: the oldest go.
    await cache.delete(request, { ignoreVary: true });
    await cache.put(request, new Response(body, { headers }));
  } catch {
    // No space left: the page is shown all the same, and the oldest half makes room for the next.
    return drop(cache, most / 2);
  }
  await drop(cache, most);
}

async function drop(cache, most) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

/** Keep what a page says it has shown: the first visit happens before this worker answers for it, and is no second one. */
async function keepSeen(address) {
  const store = { page: PAGES, document: DOCUMENTS, picture: PICTURES }[sort(address, "navigate")];
  if (!store || (await caches.match(address, { cacheName: store.name, ignoreVary: true }))) return;
  const answer = await fetch(address, { credentials: "omit", headers: { Purpose: "prefetch" } }).catch(() => null);
  if (answer && keepable(answer)) await keep(store, new Request(address), answer);
}

/** A kept answer that says how old it is: pages on their root element, documents in a header. */
async function withAge(kept) {
  if (!kept.headers.get("Content-Type")?.startsWith("text/html")) return kept;
  const text = await kept.text();
  const marked = text.replace("<html ", `<html data-as-of="${kept.headers.get(AS_OF)}" `);
  return new Response(marked, { headers: kept.headers });
}

async function offlinePage(address) {
  const language = new URL(address).pathname.slice(APP.prefix.length).split("/")[0];
  const page = APP.offline[language] ?? Object.values(APP.offline)[0];
  return (await caches.match(page, { cacheName: SHELL })) ?? Response.error();
}

async function leaveOnlyOwn() {
  const own = new Set([SHELL, PAGES.name, DOCUMENTS.name, PICTURES.name]);
  const names = await caches.keys();
  const stale = names.filter((name) => name.startsWith(`perron:${APP.platform}:`) && !own.has(name));
  await Promise.all(stale.map((name) => caches.delete(name)));
}

async function tellFresh(address) {
  for (const client of await clients.matchAll({ type: "window" })) client.postMessage({ fresh: address });
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
