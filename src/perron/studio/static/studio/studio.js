// What JavaScript adds to the studio: the live preview, a guard against losing words, uploads without a second tap,
// and drafts that were kept on this device on their way.

import { ask, forget, own } from "./drafts.js";

const PAUSE = 400;

for (const text of document.querySelectorAll("textarea[data-live]")) preview(text);
for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
for (const input of document.querySelectorAll("input[data-uploads]")) {
  input.addEventListener("change", () => input.files.length && submit(input.form, input.dataset.uploads));
}
for (const form of document.querySelectorAll('form[method="post"]')) once(form);
document.querySelector(".problems[autofocus]")?.focus();
if (own().length) sendKept(document.querySelector("[data-unsent]"));
window.addEventListener("online", () => sendKept(document.querySelector("[data-unsent]")));
for (const form of document.querySelectorAll("form[data-undo]")) passing(form);
allDay(document.querySelector('input[name="all_day"]'));

function preview(text) {
  const pane = document.getElementById(text.dataset.live);
  const address = text.form.dataset.rendered;
  let waiting = 0;
  let asked = 0;
  const show = async () => {
    const number = ++asked;
    if (!text.value.trim()) {
      pane.hidden = true;
      return;
    }
    const body = new FormData();
    body.set("csrfmiddlewaretoken", text.form.elements.csrfmiddlewaretoken.value);
    body.set("body", text.value);
    const answer = await fetch(address, { method: "POST", body }).catch(() => null);
    // An answer that was overtaken by a later one is not shown; the server has sanitised it.
    if (!answer?.ok || answer.redirected || number !== asked) return;
    pane.innerHTML = await answer.text();
    pane.hidden = false;
  };
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  show();
}

function guard(form) {
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  form.addEventListener("kept", () => (changed = false));
  window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

function once(form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Coming back with the browser's button, it may be sent again.
  window.addEventListener("pageshow", () => (sent = false));
}

/** An offer for some seconds goes when they have passed; the server holds to the same. */
function passing(form) {
  setTimeout(() => {
    if (!form.contains(document.activeElement)) form.hidden = true;
  }, form.dataset.undo * 1000);
}

function submit(form, action) {
  const button = form.querySelector(`button[name="action"][value="${action}"]`);
  form.requestSubmit(button);
}

function allDay(box) {
  if (!box) return;
  const inputs = ["starts", "ends"].map((name) => box.form.elements[name]);
  const show = () => {
    for (const input of inputs) {
      const value = input.value;
      input.type = box.checked ? "date" : "datetime-local";
      if (value) input.value = box.checked ? value.slice(0, 10) : value.length === 10 ? `${value}T09:00` : value;
    }
  };
  box.addEventListener("change", show);
  show();
}

/** Send drafts that were kept without a connection, but for the one that stands open; say what became of them. */
async function sendKept(list) {
  const open = document.querySelector("form.editor");
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!list || !token) return;
  for (const [id, draft] of own()) {
    const isOpen = open?.elements.edition && draft.address === open.getAttribute("action");
    if (isOpen || id === open?.elements.form.value) continue;
    const answer = await ask(draft.autosave, draft.entries, token);
    if (answer?.status !== 200 && answer?.status !== 409) continue;
    const told = document.createElement("p");
    const link = document.createElement("a");
    // Told of a conflict, the words stay here until they are opened beside the others.
    if (answer.status === 200) forget(id);
    link.href = answer.address ?? draft.address;
    link.dir = "auto";
    link.textContent = draft.title || list.dataset.untitled;
    told.append(`${answer.status === 200 ? list.dataset.sent : list.dataset.differs} `, link);
    list.append(told);
    list.hidden = false;
  }
}
