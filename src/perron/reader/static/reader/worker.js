// The service worker of one platform. `/sw.js` sends this file after a line that defines `APP`: the platform, its
// prefix, the build, the shell to keep, the offline pages and the paths that are not the residents'.
//
// It answers for residents' pages, their public documents, pictures and the program's own files, and for nothing else:
// studio, desk, account and API go straight to the network and are never kept.

const SHELL = `perron:${APP.platform}:shell:${APP.build}`;
const PAGES = { name: `perron:${APP.platform}:pages`, most: 60, patience: 4000 };
const DOCUMENTS = { name: `perron:${APP.platform}:documents`, most: 60, patience: 3000 };
const PICTURES = { name: `perron:${APP.platform}:pictures`, most: 120, largest: 400_000 };
// What somebody saved: no page of it makes room for another, it goes when its page says so.
const SAVED = { name: `perron:${APP.platform}:saved`, most: 1000, largest: 400_000 };
// The key with which this device's notifications are changed, where somebody switched them on (`reading/devices.js`).
const DEVICE = `perron:${APP.platform}:push`;
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
  // A page that was on its way while this worker became active was not there yet to be claimed.
  if (event.data === "claim") event.waitUntil(clients.claim());
  if (event.data?.keep) event.waitUntil(Promise.all(event.data.keep.map(keepSeen)));
  // The page may ask the worker of a platform further up in the address: that one holds its own.
  if (event.data?.saved && event.data.platform === APP.platform) event.waitUntil(holdInTurn(event.data.saved));
});

addEventListener("push", (event) => event.waitUntil(notify(event.data)));

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { page, pages } = event.notification.data ?? {};
  event.waitUntil(lead(pages?.[event.action] ?? page ?? APP.prefix));
});

addEventListener("pushsubscriptionchange", (event) => event.waitUntil(sayWhere(event)));

/** Show a message, whatever came: a browser takes the permission away from who wakes it for nothing. */
async function notify(data) {
  const { title, navigate, actions, ...shown } = told(data);
  await registration.showNotification(title, {
    ...shown,
    actions: actions.map(({ action, title }) => ({ action, title })),
    data: { page: navigate, pages: Object.fromEntries(actions.map(({ action, navigate }) => [action, navigate])) },
  });
}

/** The notification in a declarative push message; of another, that there is something new. */
function told(data) {
  try {
    const { notification } = data.json();
    if (notification.title && notification.navigate) return { actions: [], ...notification };
  } catch {
    // Not ours, or cut off.
  }
  return { title: APP.name, navigate: APP.prefix, actions: [] };
}

/** Show a page: in the window that has it already, else in a new one. */
async function lead(address) {
  const wanted = new URL(address, location.origin).href;
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.find(({ url }) => url.split("#")[0] === wanted)?.focus() ?? clients.openWindow(wanted);
}

/** The browser is reached elsewhere now: ask for where, if it does not say, and tell it to whom we subscribed. */
async function sayWhere({ oldSubscription, newSubscription }) {
  const kept = await caches.match(`${APP.prefix}device.json`, { cacheName: DEVICE });
  if (!kept) return;
  const { key, moved, server } = await kept.json();
  const options = { userVisibleOnly: true, applicationServerKey: oldSubscription?.options.applicationServerKey ?? server };
  const now = newSubscription ?? (await registration.pushManager.subscribe(options));
  const answer = await fetch(moved, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key, ...now.toJSON() }),
  });
  if (answer.status === 410) await now.unsubscribe();
}

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
  const answer = await fetch(event.request).catch(() => otherWidth(event.request.url));
  if (keepable(answer)) event.waitUntil(keep(PICTURES, event.request, answer.clone()));
  return answer;
}

async function networkFirst(event, store) {
  const { request } = event;
  const network = fetch(request).then((answer) => noting(store, request, answer));
  // A visitor who leaves before the answer does not stop it from being kept.
  event.waitUntil(network.catch(() => {}));
  const kept = (await keptIn(store, request)) ?? (await keptIn(SAVED, request));
  if (!kept) return network;
  const answer = await Promise.race([network.catch(() => null), after(store.patience)]);
  if (answer && answer.status < 500) return answer;
  if (answer === undefined) event.waitUntil(network.then(() => tellFresh(request.url), () => {}));
  return withAge(kept);
}

const keptIn = ({ name }, request) => caches.match(request, { cacheName: name, ignoreVary: true });

async function noting(store, request, answer) {
  if (keepable(answer)) await keep(store, request, answer.clone());
  if (keepable(answer) && (await keptIn(SAVED, request))) await keep(SAVED, request, answer.clone());
  // What was withdrawn does not stay on the device.
  if (answer.status === 404 || answer.status === 410) {
    for (const { name } of [store, SAVED]) await caches.open(name).then((cache) => cache.delete(request, { ignoreVary: true }));
  }
  return answer;
}

function keepable(answer) {
  const isPrivate = /no-store|private/.test(answer.headers.get("Cache-Control") ?? "");
  return answer.status === 200 && answer.type === "basic" && !answer.redirected && !isPrivate;
}

async function keep({ name, most, largest = Infinity }, request, answer) {
  // What a fragment says is for the page alone.
  const address = request.url.split("#")[0];
  const body = await answer.blob();
  if (body.size > largest) return;
  const headers = new Headers({ "Content-Type": answer.headers.get("Content-Type"), [AS_OF]: new Date().toISOString() });
  for (const name of ["Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy"]) {
    if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  }
  const cache = await caches.open(name);
  try {
    // Taken out first, so that the order of the keys is the order of last use by the network: the oldest go.
    await cache.delete(address, { ignoreVary: true });
    await cache.put(address, new Response(body, { headers }));
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

let held = Promise.resolve();
/** One list after the other: a later one that ended first would be undone by the earlier. */
const holdInTurn = (addresses) => (held = held.then(() => hold(addresses)).catch(() => {}));

/** Hold these pages and their pictures, and nothing else, so that they open without a connection. */
async function hold(addresses) {
  const wanted = new Set(addresses.filter((address) => sort(address, "navigate") === "page"));
  for (const address of [...wanted]) {
    await fill(address);
    const kept = await keptIn(SAVED, address);
    for (const [, source] of (await kept?.text())?.matchAll(/ src="([^"]+)"/g) ?? []) {
      const picture = new URL(source, address).href;
      if (sort(picture) === "picture") wanted.add(picture);
    }
  }
  await Promise.all([...wanted].map(fill));
  const cache = await caches.open(SAVED.name);
  const unwanted = (await cache.keys()).filter(({ url }) => !wanted.has(url));
  await Promise.all(unwanted.map((key) => cache.delete(key, { ignoreVary: true })));
}

async function fill(address) {
  if (await keptIn(SAVED, address)) return;
  const answer = await fetch(address, { credentials: "omit", headers: { Purpose: "prefetch" } }).catch(() => null);
  if (answer && keepable(answer)) await keep(SAVED, new Request(address), answer);
}

/** A picture in whatever width there is: without a connection, better than none. */
async function otherWidth(address) {
  for (const { name } of [PICTURES, SAVED]) {
    const cache = await caches.open(name);
    const key = (await cache.keys()).find(({ url }) => url.startsWith(new URL(".", address).href));
    if (key) return cache.match(key, { ignoreVary: true });
  }
  return Response.error();
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
  const own = new Set([SHELL, PAGES.name, DOCUMENTS.name, PICTURES.name, SAVED.name, DEVICE]);
  const names = await caches.keys();
  const stale = names.filter((name) => name.startsWith(`perron:${APP.platform}:`) && !own.has(name));
  await Promise.all(stale.map((name) => caches.delete(name)));
}

async function tellFresh(address) {
  for (const client of await clients.matchAll({ type: "window" })) client.postMessage({ fresh: address });
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
