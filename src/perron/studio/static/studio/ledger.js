// What becomes of an item's messages, while they are being sent. Without this, the page is opened anew.

const EVERY = 2000;
const AT_MOST = 30000;

follow(document.querySelector("[data-ledger]"), EVERY);

function follow(section, pause) {
  if (section) setTimeout(() => look(section, pause), pause);
}

async function look(section, pause) {
  // A page that nobody looks at asks for nothing.
  if (document.hidden) return follow(section, pause);
  const answer = await fetch(section.dataset.ledger).catch(() => null);
  if (answer?.redirected || (answer && answer.status >= 400 && answer.status < 500)) return;
  if (!answer?.ok) return follow(section, Math.min(pause * 2, AT_MOST));
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  const next = made.content.querySelector("section");
  if (!next) return;
  section.replaceWith(next);
  // Asked for by the attribute, which the last answer has no more. What takes long is asked for ever more rarely.
  if (next.dataset.ledger) follow(next, Math.min(pause * 1.2, AT_MOST));
}
