// Taking one's choice to another device: in the fragment of a link, the part of an address that no browser sends. What
// comes in a link may have been written by anybody: only names that this platform knows get through, and nothing
// happens before the reader says so.

import { chooseLanguage, chosenLanguage, counted, follow, following, page, slugs } from "../app.js";
import { MOST_SAVED, keep, saved, savedFrom } from "../keeping.js";
import { share } from "./sharing.js";

const VERSION = "1";
const LONGEST = 20_000; // characters of a fragment
const MOST_IN_CODE = 800; // bytes of a link in a QR code that a telephone still reads from a screen
const part = (name) => document.querySelector(`[data-${name}]`);
const home = (language) => `${page.root}${language}/`;
const languages = new Set(Array.from(document.querySelectorAll("a[hreflang]"), (link) => link.hreflang));

/** The link that carries this choice: `{communities, topics, paths, language}`. */
export function linkOf({ communities, topics, paths, language }) {
  const lists = { c: communities, t: topics, s: paths };
  const filled = Object.entries(lists).filter(([, list]) => list.length);
  const fragment = [`v=${VERSION}`, `l=${language}`, ...filled.map(([name, list]) => `${name}=${list.join(",")}`)];
  return `${location.origin}${home(page.lang)}move/#${fragment.join("&")}`;
}

/** The choice that a fragment carries, or null if it carries none; names that mean nothing here are left out. */
export function choiceIn(fragment, { communities, topics }) {
  const said = new URLSearchParams(fragment.length > LONGEST ? "" : fragment.replace(/^#/, ""));
  const list = (name) => (said.get(name) ?? "").split(",");
  const choice = {
    communities: slugs(list("c")).filter((slug) => communities.has(slug)),
    topics: slugs(list("t")).filter((slug) => topics.has(slug)),
    paths: savedFrom(list("s").map((path) => ({ path }))).map(({ path }) => path).filter((path) => communities.has(path.split("/")[0])),
    language: languages.has(said.get("l")) ? said.get("l") : "",
  };
  return said.get("v") === VERSION && (choice.communities.length || choice.paths.length) ? choice : null;
}

async function known() {
  const answer = await fetch(`${home(page.lang)}places.json`, { credentials: "omit" });
  const { communities, topics } = await answer.json();
  const named = (list) => new Map(list.map(({ slug, name }) => [slug, name]));
  return { communities: named(communities), topics: named(topics) };
}

function show(name) {
  for (const one of ["out", "nothing", "in", "unreadable", "unreached", "done"]) part(one).hidden = one !== name;
}

const own = () => ({ ...following(), paths: saved().map(({ path }) => path), language: chosenLanguage() || page.lang });

async function giveAway() {
  const choice = own();
  if (!choice.communities.length && !choice.paths.length) return show("nothing");
  summarise(part("out"), choice);
  part("link").value = linkOf(choice);
  show("out");
  const { generate } = await import("../vendored/lean-qr.js");
  const paths = [...choice.paths];
  while (paths.length && linkOf({ ...choice, paths }).length > MOST_IN_CODE) paths.pop();
  draw(generate(linkOf({ ...choice, paths })));
  part("cut").hidden = paths.length === choice.paths.length;
}

/** Draw the code as one path, a square a module, with the four modules of quiet around it (ISO/IEC 18004, 9.1). */
function draw(code) {
  const svg = part("code");
  const side = Array.from({ length: code.size }, (_, index) => index);
  const squares = side.flatMap((y) => side.filter((x) => code.get(x, y)).map((x) => `M${x + 4} ${y + 4}h1v1h-1z`));
  svg.setAttribute("viewBox", `0 0 ${code.size + 8} ${code.size + 8}`);
  svg.querySelector("path").setAttribute("d", squares.join(""));
  svg.removeAttribute("hidden");
}

function summarise(section, { communities, topics, paths }) {
  const counts = [["places", communities.length], ["topics", topics.length], ["saved", paths.length]];
  const said = counts.filter(([, number]) => number).map(([name, number]) => counted(name, number));
  section.querySelector("[data-summary]").textContent = said.join(" · ");
}

async function takeIn() {
  const names = await known().catch(() => null);
  if (!names) return show("unreached");
  const choice = choiceIn(location.hash, names);
  if (!choice) return show("unreadable");
  summarise(part("in"), choice);
  list("places", choice.communities.map((slug) => names.communities.get(slug)));
  list("topics", choice.topics.map((slug) => names.topics.get(slug)));
  const here = own();
  part("add").hidden = !here.communities.length && !here.paths.length;
  part("add").onclick = () => take(joined(here, choice));
  part("replace").onclick = () => take(choice);
  part("leave").onclick = () => location.replace(home(page.lang));
  show("in");
}

const joined = (here, { communities, topics, paths, language }) => ({
  communities: [...here.communities, ...communities],
  // No topics means all of them: who reads all goes on reading all.
  topics: here.communities.length && (!here.topics.length || !topics.length) ? [] : [...here.topics, ...topics],
  paths: [...here.paths, ...paths],
  language: here.communities.length ? here.language : language,
});

function take({ communities, topics, paths, language }) {
  const titles = new Map(saved().map((item) => [item.path, item]));
  const items = [...new Set(paths)].slice(0, MOST_SAVED).map((path) => titles.get(path) ?? { path, title: "", from: "" });
  // Where nothing can be kept, nothing is said to be.
  if (!follow({ communities, topics }) || !keep(items)) return;
  if (language) chooseLanguage(language);
  history.replaceState(null, "", location.pathname);
  part("done").querySelector("a").href = home(language || page.lang);
  show("done");
  part("done").querySelector("h1").focus();
}

function list(name, words) {
  const entries = words.map((text) => Object.assign(document.createElement("li"), { textContent: text, dir: "auto" }));
  part(`${name}-carried`).replaceChildren(...entries);
  part(`${name}-carried`).parentElement.hidden = !words.length;
}

const begin = () => (location.hash.length > 1 && location.hash !== "#main" ? takeIn() : giveAway());

part("share-link").addEventListener("click", () => share({ title: document.title, url: part("link").value }, part("told")));
addEventListener("hashchange", begin);
begin();
