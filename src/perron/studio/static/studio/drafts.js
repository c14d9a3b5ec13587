// Drafts that could not be sent: kept on this device until they are, and gone when somebody signs out
// (`screens/signing_out.js`). Another person on the same device never gets to see or send them.

const PREFIX = "perron:studio:draft:";
const person = document.querySelector("[data-person]")?.dataset.person ?? "";
const WAIT = 15_000; // ms for an answer

/** Ask the address with a form's entries: the answer's JSON with its status, or null without a connection. */
export async function ask(address, entries, token, keepalive = false) {
  const body = new FormData();
  for (const [name, value] of entries) body.append(name, value);
  body.set("csrfmiddlewaretoken", token);
  const asked = { method: "POST", body, keepalive, signal: AbortSignal.timeout(WAIT) };
  const answer = await fetch(address, asked).catch(() => null);
  if (!answer || [502, 503, 504].includes(answer.status)) return null;
  const isOurs = !answer.redirected && answer.headers.get("content-type")?.startsWith("application/json");
  return { status: answer.status, ...(isOurs ? await answer.json().catch(() => ({})) : { signedOut: answer.redirected }) };
}

/** What a form says, without files and without the token that is of no use later. */
export function entriesOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

/** Keep a draft `{autosave, address, title, entries}` under the identifier of its form; say whether there was room. */
export function keep(id, draft) {
  try {
    localStorage.setItem(PREFIX + person + ":" + id, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Forget a draft: it was sent. */
export function forget(id) {
  try {
    localStorage.removeItem(PREFIX + person + ":" + id);
  } catch {
    // A device that keeps nothing has nothing to forget.
  }
}

/** The drafts of the person who is signed in, as [identifier, draft]. */
export function own() {
  if (!person) return [];
  const prefix = PREFIX + person + ":";
  return names()
    .filter((name) => name.startsWith(prefix))
    .map((name) => [name.slice(prefix.length), read(name)])
    .filter(([, draft]) => draft);
}

function names() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(name));
    return Array.isArray(draft.entries) && ours(draft.autosave) && ours(draft.address) ? draft : null;
  } catch {
    return null;
  }
}

function ours(address) {
  return typeof address === "string" && new URL(address, location.href).origin === location.origin;
}
