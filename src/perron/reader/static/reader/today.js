// Today: what matters now, what is new since the last visit, then the feed of all that this device follows.

import { MOST, dayOf, following, isAbout, moment, page, showAge, tellTime, visit, word } from "./app.js";
import { offerToSave } from "./keeping.js";

const PATIENCE = 15_000; // ms for one document
const EVERY = 60_000; // ms between looks at the network while somebody is looking
const NEAR = 48 * 60 * 60_000; // ms between two cards under the same words
const EAGER = 6; // pictures loaded at once
const AT_ONCE = 30; // cards shown before somebody asks for more
const SEVERITIES = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"]; // CAP 1.2
const part = (name) => document.querySelector(`[data-${name}]`);

/**
 * Fetch the public documents of `communities` in `lang`.
 * Returns `{cards, places, gone, failed, asOf}`: the cards of all; who they are (`{slug, name}`); the slugs that are no
 * longer there; those that could not be read; and the moment of the oldest document if the network did not answer, else null.
 */
export async function fetchDocuments(communities, lang) {
  const found = { cards: [], places: [], gone: [], failed: [], asOf: null };
  const answers = await Promise.all(communities.slice(0, MOST).map((slug) => fetchDocument(slug, lang)));
  for (const { slug, name, cards, gone, asOf } of answers) {
    if (gone) found.gone.push(slug);
    else if (!cards) found.failed.push(slug);
    else {
      found.cards.push(...cards);
      found.places.push({ slug, name });
    }
    if (asOf && (!found.asOf || asOf < found.asOf)) found.asOf = asOf;
  }
  return found;
}

/** The address of a community's public document. */
export const documentAddress = (slug, lang) => `${page.root}${lang}/${slug}/cards.json`;

/**
 * Merge cards of several communities: each once, and each story once (with `also`: who else published it), without what
 * has ended, of the topics followed, newest first.
 */
export function merge(cards, topics, now = new Date()) {
  const byId = new Map();
  for (const card of cards) {
    const known = byId.get(card.id);
    if (!known || known.changed < card.changed) byId.set(card.id, card);
  }
  return shownOnce(
    [...byId.values()]
      .filter((card) => !(card.until && moment(card.until) <= now))
      // An alert concerns everybody, and what has no topic is for all.
      .filter((card) => card.alert || isAbout(card.topics, topics))
      .sort((a, b) => moment(b.published) - moment(a.published) || (a.id < b.id ? 1 : -1)),
  );
}

// Of cards with an equal key, the one published first stays and names the others, as on the server (`merging.py`). A key
// that begins with "~" counts only for cards published within two days.
function shownOnce(cards) {
  const known = new Map(); // key → the card that stands for it
  const also = new Map(); // card → the names of who else published it
  for (const card of cards.toReversed()) {
    const keys = Array.isArray(card.same) ? card.same : [];
    const isSame = (key, other) =>
      other && (key.startsWith("=") || moment(card.published) - moment(other.published) <= NEAR);
    const one = known.get(keys.find((key) => isSame(key, known.get(key)))) ?? card;
    for (const key of keys) if (!known.has(key)) known.set(key, one);
    if (one === card) also.set(card, []);
    else if (card.from !== one.from && !also.get(one).includes(card.from)) also.get(one).push(card.from);
  }
  return cards.filter((card) => also.has(card)).map((card) => ({ ...card, also: also.get(card) }));
}

async function fetchDocument(slug, lang) {
  try {
    // "no-cache" asks each time with the ETag: an unchanged document costs a 304, an alert is seen at once.
    const answer = await fetch(documentAddress(slug, lang), {
      cache: "no-cache",
      credentials: "omit",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 404 || answer.status === 410) return { slug, gone: true };
    if (!answer.ok) return { slug };
    const { cards, community } = await answer.json();
    return { slug, name: String(community?.name ?? slug), cards: cards.filter(isCard), asOf: moment(answer.headers.get("Perron-As-Of")) };
  } catch {
    return { slug };
  }
}

function isCard(card) {
  const texts = card && [card.id, card.kind, card.published, card.html].every((value) => typeof value === "string");
  return texts && Array.isArray(card.topics) && moment(card.published) !== null;
}

/** Sort merged cards into what Today shows: `{alerts, events, fresh, rest}`; each card is in one of them. */
export function sortOut(cards, now, since) {
  const sorted = { alerts: [], events: [], fresh: [], rest: [] };
  for (const card of cards) {
    if (isLive(card, now)) sorted.alerts.push(card);
    else if (card.kind === "event" && takesPlaceToday(card, now)) sorted.events.push(card);
    else if (since && moment(card.published) > since) sorted.fresh.push(card);
    else sorted.rest.push(card);
  }
  const weight = ({ alert }) => SEVERITIES.indexOf(alert.severity) + (alert.exercise ? SEVERITIES.length : 0);
  sorted.alerts.sort((a, b) => weight(a) - weight(b));
  sorted.events.sort((a, b) => nextTime(a, now) - nextTime(b, now));
  return sorted;
}

const isLive = ({ alert }, now) => alert && moment(alert.from) <= now && now < moment(alert.until);

const ahead = (card, now) => (Array.isArray(card.times) ? card.times : []).filter(([, until]) => moment(until) > now);

const takesPlaceToday = (card, now) => ahead(card, now).some(([from]) => dayOf(moment(from)) <= dayOf(now));

const nextTime = (card, now) => moment(ahead(card, now)[0]?.[0]) ?? now;

const elements = new Map(); // card id → its element, kept so that pictures do not load again
let shown = "";
let most = AT_ONCE;
let latest = [];
let since = null;
let uncover = () => {};

async function refresh() {
  const { communities, topics } = following();
  const { cards, places, gone, failed, asOf } = await fetchDocuments(communities, page.lang);
  showNote("gone", gone.length);
  // Without a connection the line that says how old all this is says enough.
  showNote("failed", failed.length && !asOf);
  showAge(asOf);
  // Better what was shown before than nothing.
  if (failed.length === communities.length && latest.length) return;
  latest = cards;
  show(merge(cards, topics));
  if (places.length) listPlaces(places);
}

/** Who is followed, in the place of who publishes here. */
function listPlaces(places) {
  const list = part("places")?.querySelector("ul");
  if (!list) return;
  const entries = places.map(({ slug, name }) => {
    const link = document.createElement("a");
    link.href = `${page.root}${page.lang}/${slug}/`;
    link.dir = "auto";
    link.textContent = name;
    const entry = document.createElement("li");
    entry.append(link);
    return entry;
  });
  if (entries.map((entry) => entry.textContent).join() !== [...list.children].map((entry) => entry.textContent).join()) list.replaceChildren(...entries);
  part("places-all").hidden = true;
  part("places-own").hidden = false;
}

function show(cards, now = new Date()) {
  const { alerts, events, fresh, rest } = sortOut(cards, now, since);
  // By their words: a card changes by itself too, when an alert is over or the next time of an event comes.
  const state = JSON.stringify([most, [alerts, events, fresh, rest].map((list) => list.map((card) => [card.html, card.also]))]);
  if (state === shown) return;
  shown = state;
  const focused = document.activeElement;
  uncover();
  fill("now-alerts", alerts);
  fill("now-events", events);
  fill("new", fresh);
  const room = Math.max(0, most - alerts.length - events.length - fresh.length);
  fill("feed", rest.slice(0, room));
  part("feed").closest("section").hidden = cards.length > 0 && !rest.length;
  if (part("more")) part("more").hidden = rest.length <= room;
  part("empty").hidden = cards.length > 0 || !document.querySelector("[data-note=failed]").hidden;
  loadPicturesInTurn();
  tellTime();
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

// A section may have a heading beside its cards: `[data-cards]` is where they go then.
function fill(name, cards) {
  const section = part(name);
  if (!section) return;
  (section.querySelector("[data-cards]") ?? section).replaceChildren(...cards.map(elementOf).filter(Boolean));
  if (name !== "feed") section.hidden = !cards.length;
}

function elementOf(card) {
  const known = elements.get(card.id);
  const state = `${card.also} ${card.html}`;
  if (known?.state === state) return known.element;
  // Rendered and sanitised by this server; scripts and inline styles in it would not run under the page's policy.
  const template = document.createElement("template");
  template.innerHTML = card.html;
  const element = template.content.firstElementChild;
  for (const image of element?.querySelectorAll("img") ?? []) image.loading = "lazy";
  if (element) offerToSave(element);
  if (card.also.length) element?.querySelector(".card-over")?.append(" ", alsoBy(card.also));
  elements.set(card.id, { state, element });
  return element;
}

function alsoBy(names) {
  const line = document.createElement("span");
  line.className = "card-also";
  line.dir = "auto";
  line.textContent = word("also").replace("{names}", () => names.join(", "));
  return line;
}

function loadPicturesInTurn() {
  const pictures = document.querySelectorAll("main article img");
  pictures.forEach((image, place) => (image.loading = place < EAGER ? "eager" : "lazy"));
  if (pictures[0]) pictures[0].fetchPriority = "high";
}

function showNote(name, wanted) {
  document.querySelector(`[data-note="${name}"]`).hidden = !wanted;
}

function begin() {
  if (page.page !== "today" || "choice" in page) return;
  // Chosen on another device: from nothing to something, and back, it is another page.
  const hadChosen = following().communities.length > 0;
  addEventListener("perron:synced", ({ detail }) => {
    if (detail.changed) hadChosen && following().communities.length ? refresh() : location.reload();
  });
  // A choice in the address was answered by the server, and who follows nothing sees the platform's own latest.
  if (!hadChosen) return;
  since = visit();
  if (part("welcome")) part("welcome").hidden = true;
  prepare();
  refresh();
  const again = () => document.hidden || (visit(), refresh());
  setInterval(again, EVERY);
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);
  addEventListener("offline", again);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.fresh && again());
  // What is true by the clock (an alert that begins, an event that ends) changes without the network too.
  setInterval(() => latest.length && show(merge(latest, following().topics)), EVERY / 4);
  part("more")?.addEventListener("click", () => {
    most += AT_ONCE;
    show(merge(latest, following().topics));
  });
}

/**
 * Hide the platform's own cards until those of this device are here. Nothing that is seen moves when they come: below
 * the date there is only the room that they will take.
 */
function prepare() {
  const skeleton = document.getElementById("skeleton").content.firstElementChild;
  const waiting = document.createElement("div");
  waiting.append(...Array.from({ length: EAGER }, () => skeleton.cloneNode(true)));
  const others = [...document.querySelector("main").children].filter((child) => !child.matches("h1") && !child.hidden);
  for (const other of others) other.hidden = true;
  document.querySelector("main h1").after(waiting);
  part("feed").setAttribute("aria-busy", "true");
  uncover = () => {
    waiting.remove();
    for (const other of others) other.hidden = false;
    part("feed").removeAttribute("aria-busy");
    uncover = () => {};
  };
}

begin();
