// The agenda: of the server's page for the whole platform, the entries of what this device follows.

import { counted, following, isAbout, page } from "./app.js";

const { communities, topics } = following();

function isFollowed({ dataset }) {
  return dataset.community.split(" ").some((slug) => communities.includes(slug)) && isAbout(dataset.topics?.split(" ").filter(Boolean) ?? [], topics);
}

function narrow(agenda) {
  const entriesOf = (day) => [...(day?.querySelectorAll("[data-community]") ?? [])].filter((entry) => !entry.hidden);
  for (const entry of agenda.querySelectorAll("[data-community]")) entry.hidden = !isFollowed(entry);
  for (const day of agenda.querySelectorAll("[data-day]")) day.hidden = !entriesOf(day).length;
  for (const link of document.querySelectorAll(".month a[href^='#']")) {
    const number = entriesOf(document.getElementById(link.hash.slice(1))).length;
    if (!number) link.removeAttribute("href");
    const count = link.querySelector("[data-count]");
    if (count) count.textContent = counted("events", number);
  }
  const empty = document.querySelector("[data-empty]");
  if (empty) empty.hidden = entriesOf(agenda).length > 0;
}

// A choice in the address was answered by the server; a community's own agenda is the same for everybody.
if (page.page === "agenda" && !("choice" in page) && communities.length) {
  narrow(document.querySelector("[data-agenda]"));
}
