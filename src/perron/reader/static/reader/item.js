// The tools of an item's page: what is rarely used comes when somebody asks for it.

import { page } from "./app.js";
import { attend, pathOf } from "./keeping.js";

const story = document.querySelector(".story");
const tools = document.querySelector("[data-tools]");
const told = document.querySelector("[data-told]");

/** What the page says the item is. */
const item = {
  path: pathOf(location.href),
  title: story.querySelector("h1").textContent.trim(),
  from: story.querySelector(".story-head [data-from-community]").textContent.trim(),
};

attend(tools.querySelector("[data-save]"), item);

// The address alone: what else stands in it (a campaign, a position) is not the reader's to pass on.
const shared = { title: item.title, url: `${location.origin}${location.pathname}` };
tools.querySelector("[data-share]").addEventListener("click", async () => {
  const { share } = await import("./reading/sharing.js");
  await share(shared, told);
});
tools.querySelector("[data-print]").addEventListener("click", () => print());

// Reading aloud: only with a voice that is on the device. Others (`localService` false) send what they read to whoever
// made them, and so would tell somebody what is read here.
const language = story.querySelector("h1").lang || page.lang;
const listen = tools.querySelector("[data-listen]");
const quiet = tools.querySelector("[data-quiet]");
const voices = () => window.speechSynthesis?.getVoices().filter((one) => one.localService && one.lang.slice(0, 2).toLowerCase() === language) ?? [];
const voice = () => voices().find((one) => /be$/i.test(one.lang)) ?? voices().find((one) => one.default) ?? voices()[0];
const offerToRead = () => (listen.hidden = !voice());
let reading;

function showReading(state) {
  for (const words of listen.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  quiet.hidden = state === "silent";
}

listen.addEventListener("click", async () => {
  const { reader } = await import("./reading/speaking.js");
  reading ??= reader(story, voice(), showReading);
  reading.toggle();
});
quiet.addEventListener("click", () => {
  listen.focus();
  reading.stop();
});
// Browsers list their voices when they have them.
window.speechSynthesis?.addEventListener("voiceschanged", offerToRead);
offerToRead();
