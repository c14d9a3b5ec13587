// On every residents' page: what this device follows, and times that stay true. The choice lies on the device: no
// request names it but the addresses of public documents, which are the same for everybody, and what `syncing.js` asks
// for those who switched it on.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the server says of this page: `page`, `lang`, `platform`, `root`. */
export const page = document.querySelector("main").dataset;
const KEYS = {
  following: `perron:${page.platform}:following`,
  visit: `perron:${page.platform}:visit`,
  language: `perron:${page.platform}:language`,
  sync: `perron:${page.platform}:sync`,
};
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** How many communities a device follows at most: more than anybody does, few enough to fetch. */
export const MOST = 40;
const VISIT_ENDS = 30 * 60_000; // ms without looking

const locale = { fr: "fr-BE", nl: "nl-BE", de: "de-BE", en: "en-GB" }[page.lang] ?? "fr-BE";
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const brussels = (options) => new Intl.DateTimeFormat(locale, { timeZone: "Europe/Brussels", ...options });
const clock = brussels({ hour: "2-digit", minute: "2-digit" });
const dayAndClock = brussels({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const weekday = brussels({ weekday: "long" });
const dayAndMonth = brussels({ day: "numeric", month: "long" });
const isoDay = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Brussels", dateStyle: "short" }); // 2026-11-23

/** What is followed: `{communities, topics}`, lists of slugs. No topics means all of them. */
export function following() {
  const { communities, topics } = read(KEYS.following);
  return { communities: slugs(communities), topics: slugs(topics) };
}

/** Whether something `about` these topics is wanted by who follows `topics`; what has no topic is for everybody. */
export function isAbout(about, topics) {
  return !topics.length || !about.length || about.some((topic) => topics.includes(topic));
}

/** Keep the choice on this device. False if the device keeps nothing (private mode, no space left). */
export function follow({ communities, topics }) {
  return write(KEYS.following, { communities: slugs(communities), topics: slugs(topics) }) && tellChosen();
}

/** The language chosen before on this device, or "". */
export function chosenLanguage() {
  const { code } = read(KEYS.language);
  return typeof code === "string" ? code : "";
}

/** Remember the language in which this device reads. */
export function chooseLanguage(code) {
  return code === chosenLanguage() || (write(KEYS.language, { code }) && tellChosen());
}

/** Take over what was chosen on another device, in these lists and this language; true if something is new here. */
export function adopt({ communities, topics, language }) {
  const [known, next] = [following(), { communities: slugs(communities), topics: slugs(topics) }];
  const isNew = JSON.stringify(known) !== JSON.stringify(next);
  if (isNew) write(KEYS.following, next);
  if (language && language !== chosenLanguage()) write(KEYS.language, { code: language });
  return isNew;
}

/** Say that something was chosen on this device, for who keeps devices in step; true. */
export const tellChosen = () => dispatchEvent(new Event("perron:chosen"));

/** Note that somebody is looking at `now`; return until when they had looked the time before (a Date), or null. */
export function visit(now = new Date()) {
  const { last, since } = read(KEYS.visit);
  const before = moment(last);
  const isNew = !before || now - before > VISIT_ENDS;
  const shown = isNew ? before : moment(since);
  write(KEYS.visit, { last: now.toISOString(), since: shown ? shown.toISOString() : null });
  return shown;
}

/** The calendar day of a moment in Brussels, as "2026-11-23". */
export const dayOf = (moment) => isoDay.format(moment);

/** How many midnights of Brussels lie between two moments. */
export const daysBetween = (from, to) => Math.round((Date.parse(dayOf(to)) - Date.parse(dayOf(from))) / (24 * HOUR));

/**
 * When something takes place, seen from `now`: "in 2 hours", "tomorrow", "ended"; "" if more than six days ahead.
 * What lasts whole days is told in days.
 */
export function whenWords(from, until, now, allDay = false) {
  if (until <= now) return word("ended");
  if (from <= now) return word("under-way");
  const [ahead, days] = [from - now, daysBetween(now, from)];
  if (!allDay && ahead < HOUR) return relative.format(Math.max(1, Math.round(ahead / MINUTE)), "minute");
  if (!allDay && (days === 0 || ahead < 6 * HOUR)) return relative.format(Math.round(ahead / HOUR), "hour");
  return days < 7 ? relative.format(days, "day") : "";
}

/** "14:05" for a moment of today, with its day for one before. */
export const asOfWords = (moment, now) => (dayOf(moment) === dayOf(now) ? clock : dayAndClock).format(moment);

/** Put relative words behind the times in `root`, and keep "today" today; docs/reader-dom.md lists the attributes. */
export function tellTime(root = document, now = new Date()) {
  for (const element of root.querySelectorAll("[data-from][data-until]")) {
    const [from, until] = [new Date(element.dataset.from), new Date(element.dataset.until)];
    element.dataset.state = until <= now ? "ended" : from <= now ? "under-way" : "ahead";
    say(behind(element), whenWords(from, until, now, "allDay" in element.dataset));
  }
  for (const element of root.querySelectorAll("[data-true-until]")) {
    if (new Date(element.dataset.trueUntil) > now) continue;
    if (element.hasAttribute("aria-current")) element.removeAttribute("aria-current");
    else element.hidden = true;
  }
  for (const line of root.querySelectorAll(".dateline")) {
    const [day, date] = line.children;
    if (date.dateTime === dayOf(now)) continue;
    date.dateTime = dayOf(now);
    say(day, weekday.format(now));
    say(date, dayAndMonth.format(now));
  }
}

/** Say that what is shown is a copy made at `moment` (a Date), or, with null, no longer. */
export function showAge(moment) {
  const line = document.querySelector("main [data-age]") ?? document.querySelector("[data-age]");
  line.hidden = !moment;
  if (!moment) return;
  const time = document.createElement("time");
  time.dateTime = moment.toISOString();
  say(time, asOfWords(moment, new Date()));
  const [before, after] = word("as-of").split("{when}");
  line.replaceChildren(before, time, after);
}

function behind(element) {
  const known = element.nextElementSibling;
  if (known?.matches(".relative")) return known;
  const made = document.createElement("span");
  made.className = "relative";
  element.after(" ", made);
  return made;
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const wording = (name) => document.getElementById("words").content.querySelector(`[data-word="${name}"]`);

/** The wording `name` of `<template id="words">`. */
export const word = (name) => wording(name).textContent;

/** "3 events": the wording `name` for a number, in its grammatical form. */
export function counted(name, number, forms = wording(name)) {
  const form = new Intl.PluralRules(locale).select(number);
  const words = forms.querySelector(`[data-plural="${form}"]`) ?? forms.querySelector("[data-plural=other]");
  return words.textContent.replace("{n}", number);
}

function leadToLanguage() {
  const links = [...document.querySelectorAll("a[hreflang]")];
  for (const link of links) link.addEventListener("click", () => chooseLanguage(link.hreflang));
  // Who came by the bare address was led here by the browser's language: the one chosen on this device goes before.
  const chosen = links.find((link) => link.hreflang === chosenLanguage() && link.hreflang !== page.lang);
  if (chosen && performance.getEntriesByType("navigation")[0]?.redirectCount) location.replace(chosen.href);
}

/** The menu of languages closes as menus do: by Escape, and by looking elsewhere. */
function closeMenu(menu) {
  addEventListener("click", ({ target }) => menu.contains(target) || (menu.open = false));
  menu.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !menu.contains(relatedTarget) && (menu.open = false));
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

/** The button of a community's page: follow it, or no longer. */
function offerToFollow(button) {
  const slug = button.dataset.follow;
  const show = (followed) => {
    button.setAttribute("aria-pressed", followed);
    for (const [name, wanted] of [["on", followed], ["off", !followed]]) {
      button.querySelector(`[data-follow-${name}]`).hidden = !wanted;
    }
  };
  button.addEventListener("click", () => {
    const { communities, topics } = following();
    const followed = !communities.includes(slug);
    const others = communities.filter((one) => one !== slug);
    if (follow({ communities: followed ? [...others, slug] : others, topics })) show(followed);
  });
  const look = () => show(following().communities.includes(slug));
  addEventListener("perron:synced", look);
  look();
  button.hidden = false;
}

function begin() {
  document.documentElement.dataset.js = "";
  leadToLanguage();
  tellTime();
  document.querySelectorAll("[data-follow]").forEach(offerToFollow);
  document.querySelectorAll("details.languages").forEach(closeMenu);
  const { asOf } = document.documentElement.dataset;
  if (asOf) showAge(new Date(asOf));
  // By the page's word for where it is: it imports this file, and two that name each other cannot both carry a hash.
  if (read(KEYS.sync).id) import(document.getElementById("words").dataset.syncing);
  setInterval(() => document.hidden || tellTime(), MINUTE / 4);
  document.addEventListener("visibilitychange", () => document.hidden || tellTime());
  addEventListener("pageshow", () => tellTime());
  // On paper a link is its address, and one that is relative to this page leads nowhere there.
  addEventListener("beforeprint", () => document.querySelectorAll("main a[href]").forEach((link) => (link.dataset.address = link.href)));
  // Browsers offer to install at a moment of their own, often before everything has loaded, and only once.
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    import("./installing.js").then(({ offerToInstall }) => offerToInstall(event));
  });
  const install = () => import("./installing.js").then(({ install }) => install());
  if (document.readyState === "complete") install();
  else addEventListener("load", () => setTimeout(install), { once: true });
}

/** The names of communities or topics in a list that anybody may have written. */
export function slugs(value) {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.filter((slug) => typeof slug === "string" && SLUG.test(slug)))].slice(0, MOST);
}

/** A Date, or null for what is none. */
export function moment(value) {
  const date = value ? new Date(value) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

/** What the device keeps under a key: an object. Storage may be blocked, or hold what somebody else wrote: then `{}`. */
export function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key));
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

/** Keep an object on this device. False where nothing can be kept (private mode, no space left). */
export function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

begin();
