// Sharing an address: by the device's own sheet where there is one, else by copying it.

/** Share `{title, url}`; `told` is the element that says what happened. */
export async function share({ title, url }, told) {
  const wanted = { title, url };
  if (navigator.share && (navigator.canShare?.(wanted) ?? true)) {
    // Whoever closes the sheet again wanted neither.
    const outcome = await navigator.share(wanted).then(() => "shared", (error) => error.name);
    if (outcome === "shared" || outcome === "AbortError") return;
  }
  const isCopied = await navigator.clipboard?.writeText(url).then(() => true, () => false);
  show(told, isCopied ? "copied" : "by-hand");
  if (isCopied) return;
  // Old browsers, and pages without https: the address stands there to be copied by hand.
  const field = told.querySelector("input");
  field.value = url;
  field.select();
}

function show(told, name) {
  for (const line of told.children) line.hidden = line.dataset.said !== name;
}
