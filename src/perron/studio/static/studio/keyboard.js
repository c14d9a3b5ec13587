// What keys do: Ctrl+S saves, Ctrl+Enter presses the main button, and ? lists them. While somebody types, a key is a
// letter: only those with Ctrl (or ⌘) do anything then.

const list = document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const ctrl = event.ctrlKey || event.metaKey;
  if (ctrl && !event.shiftKey && event.key.toLowerCase() === "s") pressed(event, saving());
  else if (ctrl && event.key === "Enter") pressed(event, main(event.target));
  else if (!ctrl && event.key === "?" && !types(event.target)) open(event);
});
document.querySelector("[data-keys]")?.addEventListener("click", open);

function pressed(event, button) {
  if (list?.open || !button) return;
  event.preventDefault();
  button.click();
}

function saving() {
  const editor = document.querySelector("form.editor");
  return (editor ?? document).querySelector(editor ? '.bar button[value="save"]' : "main form[data-guard] .bar button");
}

/** The main button of the form in which one is, or of the page. */
function main(target) {
  const form = target.closest?.("form");
  const within = form && document.querySelector("main")?.contains(form) ? form : document.querySelector("main");
  return within.querySelector("button[data-main]") ?? within.querySelector("button.button:not(.button-second, [hidden])");
}

function types(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]");
}

function open(event) {
  if (!list) return;
  event.preventDefault();
  if (!list.open) list.showModal();
}
