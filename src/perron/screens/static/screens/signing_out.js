// Whoever signs out leaves nothing of their work on the device: drafts that could not be sent yet go. What is kept the
// same on several devices waits until they sign in again, and nothing asks for it meanwhile.

const PREFIX = "perron:studio:";
const SYNC = /^perron:[^:]+:sync$/;

for (const form of document.querySelectorAll('form[action$="/sign-out/"]')) form.addEventListener("submit", forget);

function forget() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX)) localStorage.removeItem(name);
      if (SYNC.test(name)) localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), signedOut: true }));
    }
  } catch {
    // A device that keeps nothing has nothing to forget.
  }
}
