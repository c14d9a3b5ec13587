// Notifications on this device. Nothing is asked before somebody presses the button, below what it will mean; the server
// is told of this device only then, and from then on whenever this page is opened, so that it knows where the browser is.

import { page } from "../app.js";

const STORE = `perron:${page.platform}:push`;
const OWN = `${page.root}device.json`;
const box = document.querySelector("[data-device]");
const form = box?.querySelector("form[data-standing]");
// A browser without a push service of its maker's never answers.
const PATIENCE = 20_000;

/** What the device keeps: `{key, moved, server}`, or null. The service worker reads it too. */
async function kept() {
  const found = await caches.match(OWN, { cacheName: STORE });
  return found ? found.json() : null;
}

const keep = async (said) => (await caches.open(STORE)).put(OWN, new Response(JSON.stringify(said)));

/** Let go of everything on this device. */
async function forget() {
  await (await subscription())?.unsubscribe();
  await caches.delete(STORE);
}

async function subscription() {
  const registration = await navigator.serviceWorker?.getRegistration(page.root);
  return registration?.pushManager?.getSubscription();
}

const isApple = () => /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const isPossible = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** How it stands: "ready", "subscribed", "denied", "install-first" (iOS), "impossible". Asks nothing of the reader. */
async function standing() {
  if (!isPossible()) return isApple() && !navigator.standalone ? "install-first" : "impossible";
  if (Notification.permission === "denied") return "denied";
  const [known, now] = [await kept(), await subscription()];
  if (!known || !now) return "ready";
  const answer = await send(box.dataset.moved, { key: known.key, ...now.toJSON() });
  if (answer?.status === 410) await forget();
  return answer?.ok && (await take(answer)) ? "subscribed" : "ready";
}

/** Keep what the server answered, lead to the device's own page; true if this community's news comes here. */
async function take(answer) {
  const { key, page: own, communities } = await answer.json();
  await keep({ key, moved: box.dataset.moved, server: box.dataset.device });
  box.querySelector("[data-own]").href = own;
  box.querySelector("[data-try]").action = own;
  return communities.includes(box.dataset.community);
}

async function subscribe() {
  say("");
  // Browsers want the press of the button and the question close together: nothing waits in between.
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? show("denied", true) : say(box.dataset.notAsked);
  say(box.dataset.waiting);
  const now = await Promise.race([subscribed().catch(() => null), patience()]);
  if (!now) return say(box.dataset.failed);
  const ticked = (name) => Array.from(form.querySelectorAll(`[name=${name}]:checked`), ({ value }) => value);
  const answer = await send(form.action, { ...now.toJSON(), kinds: ticked("kind"), topics: ticked("topic"), areas: ticked("area") });
  if (answer?.status === 201 && (await take(answer))) return say(""), show("subscribed", true);
  if (!(await kept())) await forget();
  const isRefusal = answer?.headers.get("Content-Type") === "application/problem+json";
  return say(isRefusal ? (await answer.json()).title : box.dataset.failed);
}

async function subscribed() {
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: box.dataset.device };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // Subscribed with a key that this installation no longer has.
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
}

const patience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE, null));

const send = (address, said) =>
  fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) }).catch(() => null);

function show(name, isNews = false) {
  for (const part of box.querySelectorAll("[data-standing]")) part.hidden = part.dataset.standing !== name;
  if (isNews) box.querySelector(`[data-standing=${name}]`).focus();
}

const say = (words) => (box.querySelector("[data-said]").textContent = words);

async function begin() {
  // Where a device has just unsubscribed, its browser need not be woken by anybody any more.
  if (document.querySelector("[data-device-left]")) await forget();
  if (!box) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    // Not `disabled`, which would take the focus away.
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    await subscribe();
    button.ariaDisabled = null;
  });
  show(await standing());
}

begin();
