// The editor saves by itself. It stops when somebody else saved, and shows both texts; without a connection it keeps
// the words on this device and sends them when it is back.

import { ask, entriesOf, forget, keep, own } from "./drafts.js";

const PAUSE = 1_500; // ms without typing
const LONGEST = 10_000; // ms of typing without a pause
const AGAIN = 10_000; // ms until the connection is tried again

const form = document.querySelector("form.editor");
const note = form.querySelector("[data-saving]");
const conflict = document.querySelector("[data-conflict]");
const id = form.elements.form.value;
const token = form.elements.csrfmiddlewaretoken.value;
let typed = 0; // how often something changed
let saved = 0; // up to which change it is saved
let sending = null;
let timer = 0;
let since = 0;
let paused = !form.dataset.autosave || "paused" in form.dataset;
let offline = false;
let cleared = false;

form.addEventListener("input", (event) => event.target.type !== "file" && changed());
// Before the other listeners: what is only put off has not been sent.
form.addEventListener("submit", first, { capture: true });
window.addEventListener("online", () => offline && save());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save(true));
bringBack();

function changed() {
  typed += 1;
  if (!paused) schedule();
}

function schedule() {
  const now = Date.now();
  since ||= now;
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - now)));
}

/** Save what is not saved yet; resolves to whether the form may be sent now. One request at a time. */
async function save(leaving = false) {
  clearTimeout(timer);
  if (sending) {
    const done = await sending;
    return typed === saved || paused ? done : save();
  }
  if (paused || typed === saved) return true;
  sending = send(leaving);
  const done = await sending;
  sending = null;
  if (!paused && !offline && typed !== saved) schedule();
  return done;
}

async function send(leaving) {
  const upTo = typed;
  since = 0;
  const entries = entriesOf(form);
  const small = new Blob(entries.flat()).size < 50_000;
  const answer = await ask(form.dataset.autosave, entries, token, leaving && small);
  if (answer?.status === 200) {
    offline = false;
    saved = upTo;
    forget(id);
    standOn(answer);
    say(answer.said);
    if (typed === saved) form.dispatchEvent(new Event("kept"));
    return true;
  }
  if (answer?.status === 409) {
    forget(id);
    stop(answer);
    return false;
  }
  if (answer && !answer.signedOut && ![403, 404].includes(answer.status)) {
    // Not for want of a connection: the button says what is the matter.
    say(note.dataset.failed);
    return true;
  }
  const draft = { autosave: form.dataset.autosave, address: form.getAttribute("action"), title: titleOf(entries), entries };
  const kept = keep(id, draft);
  offline = true;
  timer = setTimeout(save, AGAIN);
  say(kept ? why(answer) : note.dataset.failed);
  if (kept) form.dispatchEvent(new Event("kept"));
  return false;
}

/** Why the words are kept on this device: no connection, signed out, or a role that ended meanwhile. */
function why(answer) {
  if (!answer) return note.dataset.kept;
  if (answer.said) return `${answer.said} ${note.dataset.here}`;
  return answer.status === 404 ? note.dataset.refused : note.dataset.signedOut;
}

/** From now on the form stands on what the server has. */
function standOn({ edition, address, autosave }) {
  let field = form.elements.edition;
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "edition" });
    form.append(field);
  }
  field.value = edition;
  form.setAttribute("action", address);
  form.dataset.autosave = autosave;
  if (!location.pathname.endsWith(address)) history.replaceState(history.state, "", address);
}

/** Somebody else saved: show both texts; only the button saves now, which is a decision. */
function stop({ said, html, edition, address }) {
  paused = true;
  say(said);
  if (!html) return;
  conflict.innerHTML = html; // rendered by our own templates
  if (form.elements.edition) form.elements.edition.value = edition;
  else standOn({ edition, address, autosave: form.dataset.autosave });
  conflict.querySelector(".problems")?.focus();
}

/** Before the button does what it says, what was typed is saved; without a connection it stays here. */
async function first(event) {
  if (cleared || paused || (typed === saved && !sending)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await save())) return;
  cleared = true;
  form.requestSubmit(event.submitter);
  cleared = false;
}

/** Words of this form that were kept when there was no connection: send them, and show them as they are now. */
async function bringBack() {
  const here = form.getAttribute("action");
  for (const [key, draft] of own()) {
    if (draft.address !== here || !form.elements.edition) continue;
    const answer = await ask(draft.autosave, draft.entries, token);
    if (answer?.status === 200) {
      forget(key);
      location.reload();
    } else if (answer?.status === 409) {
      fill(draft.entries);
      forget(key);
      stop(answer);
      form.dispatchEvent(new Event("input"));
    }
    return;
  }
}

function fill(entries) {
  const said = new Set(entries.map(([name, value]) => `${name}=${value}`));
  for (const field of form.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = said.has(`${field.name}=${field.value}`);
    else field.value = entries.find(([name]) => name === field.name)?.[1] ?? "";
  }
}

function titleOf(entries) {
  return entries.find(([name, value]) => name.startsWith("title_") && value)?.[1] ?? "";
}

function say(words) {
  note.textContent = words;
}
