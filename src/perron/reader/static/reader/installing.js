// A page's side of the service worker: installs it, has it keep what was shown, and asks before a new version takes over.

const { root } = document.querySelector("main").dataset;
const AN_HOUR = 3_600_000;

/** Install the worker of this platform. Where browsers offer none (private mode, plain http), nothing happens. */
export async function install() {
  if (!("serviceWorker" in navigator)) return;
  try {
    const options = { scope: root, updateViaCache: "none" };
    const registration = await navigator.serviceWorker.register(`${root}sw.js`, options);
    // The page's controller says nothing about it: that may be the worker of a platform further up in the address.
    const isFirst = !registration.active;
    watch(registration);
    if (isFirst) await activation(registration);
    // A page can be asked for while the worker of the page before it still installs: nobody has kept that one either,
    // and where the worker became active before its answer came, nobody answers for it.
    if (isFirst || !cameThroughWorker()) {
      registration.active?.postMessage("claim");
      keepWhatIsShown(registration);
    }
  } catch {
    // Storage may be blocked or full: the pages work without.
  }
}

function watch(registration) {
  if (registration.waiting && registration.active) askToTakeOver(registration);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      // Without an active one this is the first installation: there is nothing to take over.
      if (worker.state === "installed" && registration.active) askToTakeOver(registration);
    });
  });
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - looked < AN_HOUR) return;
    looked = Date.now();
    registration.update().catch(() => {});
  });
}

function askToTakeOver(registration) {
  const note = document.querySelector("[data-note=version]");
  if (!note) return;
  note.hidden = false;
  note.querySelector("[data-take-over]").addEventListener(
    "click",
    () => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      registration.waiting?.postMessage("take over");
    },
    { once: true },
  );
}

function activation(registration) {
  const worker = registration.installing ?? registration.waiting;
  return new Promise((resolve) => {
    if (registration.active) resolve();
    worker?.addEventListener("statechange", () => registration.active && resolve());
  });
}

function cameThroughWorker() {
  return performance.getEntriesByType("navigation")[0]?.workerStart > 0;
}

/** The first visit happens before the worker answers for it: it is told what was seen, so that it opens offline too. */
function keepWhatIsShown(registration) {
  const keep = (addresses) => registration.active?.postMessage({ keep: addresses });
  const isQuery = new URLSearchParams(location.search).size > 0;
  if (!isQuery) keep([location.href.split("#")[0]]);
  // What was fetched already, and what comes until the worker has taken over.
  const seen = new PerformanceObserver((list) => keep(list.getEntries().map((entry) => entry.name)));
  seen.observe({ type: "resource", buffered: true });
}

/** Show the button that asks the browser to install the app: `event` is the browser's own offer. */
export function offerToInstall(event) {
  const button = document.querySelector("[data-install]");
  if (!button) return;
  button.hidden = false;
  button.onclick = () => {
    button.hidden = true;
    event.prompt();
  };
}
