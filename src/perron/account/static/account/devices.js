// Whether this device takes part in what is kept the same on all of them. The residents' pages read the key and do the
// rest (reader/syncing.js); without it they ask nothing.

const main = document.querySelector("main");
const { platform, root, kept, places } = main.dataset;
const KEY = `perron:${platform}:sync`;
const part = (name) => document.querySelector(`[data-${name}]`);

function joined() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Take part in the choice `id`. What is known of an earlier one is forgotten: this device brings what it has, at once,
 * since the page of places to which it leads keeps both in step. */
function join(id) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ id }));
    location.assign(places);
  } catch {
    // A device that keeps nothing takes no part.
    location.reload();
  }
}

function leave() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // A device that keeps nothing takes no part.
  }
}

function show() {
  const { id, ...rest } = joined();
  // It was switched off, or is somebody else's: this device goes its own way.
  if (id && id !== kept) leave();
  // Who signed in again goes on where they were.
  else if (id) localStorage.setItem(KEY, JSON.stringify({ ...rest, id, signedOut: false }));
  if (!kept) return;
  part("here").hidden = false;
  part("joined").hidden = joined().id !== kept;
  part("apart").hidden = joined().id === kept;
}

part("join")?.addEventListener("click", () => join(kept));
part("switch-off")?.addEventListener("submit", leave);
part("switch-on")?.addEventListener("submit", async (event) => {
  // The device on which it is switched on takes part.
  event.preventDefault();
  const answer = await fetch(`${root}account/choice/`, { method: "POST" }).catch(() => null);
  if (!answer?.ok) return event.target.submit();
  join((await answer.json()).id);
});
show();
