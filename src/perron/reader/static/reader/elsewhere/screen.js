// A display that nobody touches: it turns its pages, looks for news each minute, and goes on when the network is lost.
// News comes by opening the page anew, so that a display that runs for months collects nothing, and so that the
// service worker keeps the newest page for the day when there is no network at all.

const STAY = 14_000; // ms for a page
const LOOK = 60_000; // ms between two looks for news
const SOON = 5 * 60_000; // ms without an answer before the display says so

const main = document.querySelector("main");
const locale = { fr: "fr-BE", nl: "nl-BE", de: "de-BE", en: "en-GB" }[main.dataset.lang] ?? "fr-BE";
const clock = new Intl.DateTimeFormat(locale, { timeZone: "Europe/Brussels", hour: "2-digit", minute: "2-digit" });
const slides = [...document.querySelectorAll("[data-slide]")];
const steps = document.querySelector("[data-steps]");
let place = -1;
let seen = new Date(document.documentElement.dataset.asOf ?? Date.now());
let paused = false;

const isOver = (slide) => slide.dataset.until && new Date(slide.dataset.until) <= new Date();

/** Show the next page that is still true; after each other page, an alert comes again. */
function turn() {
  if (paused) return;
  const there = slides.filter((slide) => !isOver(slide));
  const [alerts, others] = [there.filter((one) => "first" in one.dataset), there.filter((one) => !("first" in one.dataset))];
  const round = alerts.length ? (others.length ? others.flatMap((one, n) => [alerts[n % alerts.length], one]) : alerts) : others;
  if (!round.length) return;
  place = (place + 1) % round.length;
  for (const slide of slides) slide.hidden = slide !== round[place];
  fit(round[place]);
  steps.replaceChildren(...(there.length > 1 ? there : []).map((slide) => {
    const step = document.createElement("li");
    step.className = slide === round[place] ? "here" : "";
    return step;
  }));
}

/** A display cannot be scrolled: make the words smaller until all of the page is seen. Who zooms in can scroll. */
function fit(slide) {
  const smallest = matchMedia("(min-width: 50em)").matches ? 0.4 : 1;
  for (let size = 1; size >= smallest; size -= 0.05) {
    slide.style.fontSize = `${size}em`;
    if (document.documentElement.scrollHeight <= innerHeight) break;
  }
}

function tell() {
  document.querySelector("[data-clock]").textContent = clock.format(new Date());
  const note = document.querySelector("[data-offline]");
  note.hidden = Date.now() - seen < SOON;
  note.querySelector("time").textContent = clock.format(seen);
}

let known = null;

async function look() {
  const answer = await fetch(location.href, { credentials: "omit" }).catch(() => null);
  if (!answer?.ok) return;
  seen = new Date();
  const text = await answer.text();
  const shown = "asOf" in document.documentElement.dataset;
  // What was kept on the device is replaced as soon as there is a network; else, as soon as there is news.
  if (shown || (known !== null && text !== known)) location.reload();
  known = text;
}

/** Nobody is there to be asked whether a new version may take over. */
async function keep() {
  const worker = await navigator.serviceWorker?.register(`${main.dataset.root}sw.js`, { scope: main.dataset.root }).catch(() => null);
  worker?.waiting?.postMessage("take over");
  navigator.serviceWorker?.ready.then((ready) => ready.active?.postMessage({ keep: [location.href, ...pictures()] }));
}

const pictures = () => [...document.images].map((image) => image.currentSrc).filter(Boolean);

// For whoever stands at it with a keyboard (WCAG 2.2.2): space stops it, and lets it go on.
addEventListener("resize", () => slides.filter((slide) => !slide.hidden).forEach(fit));
addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  paused = !paused;
});

turn();
tell();
look();
keep();
setInterval(turn, STAY);
setInterval(tell, 1000);
setInterval(look, LOOK);
navigator.wakeLock?.request("screen").catch(() => {});
