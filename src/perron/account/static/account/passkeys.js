// Passkeys: the browser makes them and shows them, the form sends what came of it. Options come from the server as JSON
// with bytes in base64url (WebAuthn Level 3, §5.1.8 and §5.1.9); older browsers do not read that by themselves.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

function forMaking({ publicKey }) {
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: named(publicKey.excludeCredentials),
    authenticatorSelection: { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" },
  };
}

function forShowing({ publicKey }) {
  return { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) };
}

function sent(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

function submit(form, credential) {
  form.elements.credential.value = sent(credential);
  form.submit();
}

function say(form, key) {
  const place = form.querySelector("[data-said]");
  place.textContent = form.dataset[key];
  place.hidden = false;
}

// While the form is looked at, the browser may offer passkeys in the field for the address.
let waiting = new AbortController();

async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    const publicKey = forShowing(await options(form));
    submit(form, await navigator.credentials.get({ publicKey, mediation: "conditional", signal: waiting.signal }));
  } catch {
    // Nobody chose one: the button and the password are there.
  }
}

async function use(form) {
  waiting.abort();
  waiting = new AbortController();
  const making = form.dataset.passkey === "make";
  form.querySelector("[data-said]").hidden = true;
  try {
    const given = await options(form);
    submit(form, making
      ? await navigator.credentials.create({ publicKey: forMaking(given) })
      : await navigator.credentials.get({ publicKey: forShowing(given) }));
  } catch (error) {
    say(form, error.name === "InvalidStateError" ? "twice" : "failed");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const can = window.PublicKeyCredential && !form.hasAttribute("data-impossible");
  form.querySelector("[data-without]")?.toggleAttribute("hidden", Boolean(can));
  for (const part of form.querySelectorAll("[data-with]")) part.hidden = !can;
  if (!can) continue;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    use(form);
  });
  if (form.dataset.offer !== undefined) offer(form);
}
