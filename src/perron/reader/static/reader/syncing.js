// Keeps what is followed, saved and read in the same on all devices of somebody who switched that on: only then is this
// loaded, and only then is anything asked that names a choice. What changed without a connection goes when there is one.

import { adopt, chosenLanguage, following, page, read, write } from "./app.js";
import { adoptSaved, saved } from "./keeping.js";
import { byMoment, isSame, joined, merged, noted, nothing, ordered } from "./merging.js";

const KEY = `perron:${page.platform}:sync`;
const ADDRESS = `${page.root}account/choice/`;
const SOON = 400; // ms after a change
const EVERY = 30_000; // ms between looks while somebody is looking
const ATTEMPTS = 5;

/** What this device knows: `{id, known, signedOut, waits}`; `known` is null until it has joined. Nothing is kept: `{}`. */
const state = () => read(KEY);

/** "off", "on", "signed-out" or "waits" (the person's data are set aside). */
export function status() {
  const { id, signedOut, waits } = state();
  return !id ? "off" : signedOut ? "signed-out" : waits ? "waits" : "on";
}

/** Switch it off for all devices: the server's copy is deleted at once, the devices keep theirs. False where that failed. */
export async function stop() {
  const answer = await ask("DELETE");
  if (answer?.status !== 204) return false;
  forget();
  return true;
}

const own = () => ({ ...following(), saved: saved().map(({ path }) => path), language: chosenLanguage() });

/** Note what changed on this device since, at the moment it did. */
function note() {
  const { known, ...rest } = state();
  if (!rest.id || !known) return;
  const next = noted(known, own());
  if (!isSame(next, known)) write(KEY, { ...rest, known: next });
}

let running = null;
let looked = 0;
/** Bring both sides together; whoever asks while that goes on waits for another round. */
function bringTogether() {
  running = (running ?? Promise.resolve()).then(round).catch(() => {});
  return running;
}

async function round() {
  note();
  const { id, signedOut } = state();
  if (!id || signedOut) return;
  looked = Date.now();
  let answer = await ask("GET");
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const kept = await taken(answer);
    if (!kept) return;
    // Somebody may have changed something while the answer was on its way.
    note();
    const { known } = state();
    const choice = known ? merged(known, kept.choice) : joined(noted(nothing(), own()), kept.choice);
    take(choice, id);
    if (isSame(choice, kept.choice)) return;
    answer = await ask("PUT", { on: kept.version, choice });
    if (answer?.status === 200) return;
  }
}

/** What the server keeps, or null: then this device knows what to do. */
async function taken(answer) {
  const { id } = state();
  if (!answer || !id) return null;
  if (answer.status === 401) write(KEY, { ...state(), signedOut: true });
  if (answer.status === 410) forget();
  if ((answer.status === 403) !== Boolean(state().waits) && state().id) write(KEY, { ...state(), waits: answer.status === 403 });
  if (answer.status !== 200 && answer.status !== 409) return tell(), null;
  const kept = await answer.json();
  // Another person, or another beginning: what lies here is not theirs, and theirs does not belong here.
  if (kept.id !== id) return forget(), null;
  return kept;
}

/** Have this device choose what was agreed on. */
function take(choice, id) {
  const here = own();
  const chosen = { communities: ordered(choice.communities, here.communities), topics: ordered(choice.topics, here.topics) };
  write(KEY, { id, known: choice });
  const isNew = adopt({ ...chosen, language: Object.keys(choice.language)[0] });
  const isNewSaved = adoptSaved(byMoment(choice.saved));
  tell(isNew || isNewSaved);
}

function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // A device that keeps nothing takes no part.
  }
  tell();
}

/** Say to the page how it stands, and whether something was chosen elsewhere. */
const tell = (changed = false) => dispatchEvent(new CustomEvent("perron:synced", { detail: { changed } }));

function ask(method, body) {
  const said = body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  return fetch(ADDRESS, { method, cache: "no-store", credentials: "same-origin", ...said }).catch(() => null);
}

function begin() {
  let soon;
  addEventListener("perron:chosen", () => {
    note();
    clearTimeout(soon);
    soon = setTimeout(bringTogether, SOON);
  });
  const again = () => document.hidden || Date.now() - looked < EVERY || bringTogether();
  document.addEventListener("visibilitychange", again);
  addEventListener("online", bringTogether);
  setInterval(again, EVERY);
  bringTogether();
}

begin();
