// Search in what this device follows: each community is asked by itself, so that no request tells the whole choice, and
// the answers are merged here. What the page itself shows was found everywhere.

import { counted, following, moment, page } from "./app.js";
import { normalise } from "./finding.js";

const PATIENCE = 15_000; // ms for one community
const AT_ONCE = 6; // requests
const MOST = 60; // cards, as on the page
const part = (name) => document.querySelector(`[data-${name}]`);
const asked = new URLSearchParams(location.search);
const typed = asked.get("q")?.trim() ?? "";

/** Those with all words in their title first, then the others; each part with the latest first. */
export function merge(cards) {
  const byId = new Map(cards.map((card) => [card.id, card]));
  return [...byId.values()]
    .sort((a, b) => b.in_title - a.in_title || moment(b.published) - moment(a.published))
    .slice(0, MOST);
}

async function find(slug) {
  const query = new URLSearchParams({ q: typed, ...(asked.get("kind") && { kind: asked.get("kind") }) });
  const answer = await fetch(`${page.root}${page.lang}/${slug}/search.json?${query}`, {
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 404 || answer.status === 410) return [];
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).cards;
}

async function findAll(communities) {
  const waiting = [...communities];
  const cards = [];
  let failed = 0;
  const ask = async () => {
    while (waiting.length) await find(waiting.shift()).then((found) => cards.push(...found), () => failed++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return { cards: merge(cards), failed };
}

function elementOf(card) {
  // Rendered and sanitised by this server.
  const template = document.createElement("template");
  template.innerHTML = card.html;
  return template.content.firstElementChild;
}

/** Mark the words that were looked for in the titles. */
function mark(root) {
  const words = normalise(typed).split(" ").filter((word) => word.length > 2);
  if (!words.length) return;
  for (const title of root.querySelectorAll(".card-title a")) {
    const parts = title.textContent.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, place) => {
      const word = place % 2 ? normalise(part) : "";
      if (!word || !words.some((wanted) => word.startsWith(wanted))) return part;
      const marked = document.createElement("mark");
      marked.textContent = part;
      return marked;
    });
    title.replaceChildren(...parts);
  }
}

async function begin() {
  const list = part("cards");
  if (!list) return;
  mark(list);
  const { communities } = following();
  // Places that stand in the address were chosen for this once.
  if (asked.get("c") || !typed || !communities.length) return;
  const everywhere = { cards: [...list.children], says: part("status").textContent };
  const show = ({ cards, says }, isMine) => {
    list.replaceChildren(...cards);
    part("status").textContent = says;
    part("empty").hidden = cards.length > 0 || Boolean(part("named"));
    part("mine").setAttribute("aria-pressed", isMine);
    part("everywhere").setAttribute("aria-pressed", !isMine);
  };
  part("where").hidden = false;
  list.setAttribute("aria-busy", "true");
  show({ cards: [], says: "…" }, true);
  part("empty").hidden = true;
  const { cards, failed } = await findAll(communities);
  list.removeAttribute("aria-busy");
  const words = (name) => document.querySelector("#search-words").content.querySelector(`[data-word="${name}"]`);
  const note = failed ? ` · ${words("partly").textContent}` : "";
  const mine = { cards: cards.map(elementOf).filter(Boolean), says: cards.length ? counted("results", cards.length, words("results")) + note : note.slice(3) };
  mine.cards.forEach(mark);
  part("mine").addEventListener("click", () => show(mine, true));
  part("everywhere").addEventListener("click", () => show(everywhere, false));
  if (mine.cards.length || !everywhere.cards.length) show(mine, true);
  else show({ ...everywhere, says: words("only-everywhere").textContent + note }, false);
}

begin();
