// <perron-news community="liege" language="fr" kind="event" topic="culture" most="5"></perron-news>
//
// Shows what the widget's page shows, inside the page that carries this script, in its own shadow: the two do not
// disturb each other's styles. It asks the platform that the script came from, without credentials, and keeps nothing.

const PLATFORM = new URL("./", import.meta.url);
const AGAIN = 5 * 60_000; // ms between two looks, while the page is seen
const CHOICES = ["kind", "topic", "most", "scheme"];
const LANGUAGES = ["fr", "nl", "de", "en"];

/** A stylesheet of the script's own: a policy of the page against styles from elsewhere does not concern it. */
const style = fetch(new URL("widget.css", PLATFORM), { credentials: "omit" })
  .then((answer) => answer.text())
  .then((text) => new CSSStyleSheet().replace(text));

class PerronNews extends HTMLElement {
  static observedAttributes = ["community", "language", ...CHOICES];

  connectedCallback() {
    this.shadow ??= this.attachShadow({ mode: "open" });
    this.timer = setInterval(() => document.hidden || this.show(), AGAIN);
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  attributeChangedCallback() {
    if (this.isConnected && this.shadow) this.show();
  }

  async show() {
    const address = this.address();
    if (!address) return;
    const answer = await fetch(address, { credentials: "omit" }).catch(() => null);
    // What was shown stays while the platform cannot be reached.
    if (!answer?.ok || address.href !== this.address()?.href) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    for (const link of main.querySelectorAll("[href]")) link.href = new URL(link.getAttribute("href"), address);
    for (const link of main.querySelectorAll("a")) link.target = "_blank";
    main.lang = page.documentElement.lang;
    main.style.setProperty("--brand", main.dataset.brand);
    main.style.colorScheme = page.documentElement.className.replace("scheme-", "").replace("auto", "light dark");
    this.shadow.adoptedStyleSheets = [await style];
    // In a page there is one h1 already, and it is not ours.
    for (const [from, to] of [["h2", "h4"], ["h1", "h3"]]) lower(main, from, to);
    this.shadow.replaceChildren(main);
  }

  address() {
    const community = this.getAttribute("community");
    if (!community) return null;
    const language = this.getAttribute("language") ?? this.closest("[lang]")?.lang.slice(0, 2);
    const place = encodeURIComponent(community);
    // Without a language of ours, the platform leads to the community's first.
    const path = LANGUAGES.includes(language) ? `${language}/${place}/widget/` : `${place}/widget`;
    const address = new URL(path, PLATFORM);
    for (const name of CHOICES) if (this.hasAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
    return address;
  }
}

function lower(main, from, to) {
  for (const heading of main.querySelectorAll(from)) {
    const lowered = document.createElement(to);
    lowered.className = heading.className;
    lowered.replaceChildren(...heading.childNodes);
    heading.replaceWith(lowered);
  }
}

customElements.get("perron-news") ?? customElements.define("perron-news", PerronNews);
