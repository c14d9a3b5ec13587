// The content check while somebody writes. Without this it is made anew with each save.

const PAUSE = 1200;
const UPLOADS = ["new_pictures", "new_files"];

const aside = document.querySelector("[data-advised]");
const form = document.querySelector("form.editor");
if (aside && form) advise(aside, aside.querySelector("details"), aside.querySelector("[role=status]"));

function advise(aside, box, status) {
  let waiting = 0;
  let asked = 0;
  // Beside the text there is room for it; above it, one line is enough until somebody wants more.
  box.open = matchMedia("(min-width: 75em)").matches;

  const look = async () => {
    const number = ++asked;
    const body = new FormData(form);
    for (const name of UPLOADS) body.delete(name);
    const answer = await fetch(aside.dataset.advised, { method: "POST", body }).catch(() => null);
    if (!answer?.ok || answer.redirected || number !== asked) return;
    const before = said();
    box.innerHTML = await answer.text();
    if (said() !== before) status.textContent = `${aside.getAttribute("aria-label")}: ${said()}`;
  };
  const said = () => box.querySelector("[data-number]").textContent;

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-words]");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    show(field, link.dataset.words);
  });
}

function show(field, words) {
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
  const at = words ? field.value?.indexOf(words) : -1;
  if (at >= 0) field.setSelectionRange(at, at + words.length);
}
