// What JavaScript adds to the studio: the live preview, a guard against losing words, uploads without a second tap.

const PAUSE = 400;

for (const text of document.querySelectorAll("textarea[data-live]")) preview(text);
for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
for (const input of document.querySelectorAll("input[data-uploads]")) {
  input.addEventListener("change", () => input.files.length && submit(input.form, input.dataset.uploads));
}
for (const form of document.querySelectorAll('form[method="post"]')) once(form);
document.querySelector(".problems[autofocus]")?.focus();
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
