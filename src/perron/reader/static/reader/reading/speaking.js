// Reading aloud with a voice of the device, sentence by sentence: browsers break off long texts, and on some telephones
// a pause is an end. So a pause here stops, and going on begins with the sentence that was broken off.

const LONGEST = 220; // characters said at once

/** Read the text of `story` with `voice`; returns what its buttons do: `{toggle, stop}`. `show(state)` says how it goes. */
export function reader(story, voice, show) {
  const sentences = textsOf(story).flatMap(cut);
  let [place, turn, state] = [0, 0, "silent"];

  function become(next) {
    state = next;
    show(state);
  }

  function say() {
    const own = ++turn; // what an earlier sentence still has to tell no longer matters
    if (place >= sentences.length) return stop();
    const utterance = new SpeechSynthesisUtterance(sentences[place]);
    Object.assign(utterance, { voice, lang: voice.lang });
    utterance.onend = () => own === turn && (place++, say());
    utterance.onerror = () => own === turn && stop();
    speechSynthesis.speak(utterance);
  }

  function hush() {
    turn++;
    speechSynthesis.cancel();
  }

  function stop() {
    hush();
    place = 0;
    become("silent");
  }

  function toggle() {
    if (state === "reading") {
      hush();
      become("paused");
    } else {
      become("reading");
      say();
    }
  }

  addEventListener("pagehide", stop);
  return { toggle, stop };
}

/** What is read: the title, what to do, the facts in the language of the text, the text. */
function textsOf(story) {
  const isOwn = !story.querySelector("h1").lang;
  const parts = story.querySelectorAll(`h1, .lead, .what-to-do, .prose > *${isOwn ? ", .facts > div" : ""}`);
  return Array.from(parts, (part) => {
    const copy = part.cloneNode(true);
    for (const other of copy.querySelectorAll(".facts a, dd a, details, .over, .relative")) other.remove();
    // Between one line and the next a voice takes breath.
    for (const line of copy.querySelectorAll("li, dt, br, tr")) line.append(". ");
    return copy.textContent.replace(/\s+/g, " ").trim();
  }).filter(Boolean);
}

function cut(text) {
  const sentences = text.match(/[^.!?…]+(?:[.!?…]+["»”’)]*\s*|$)/g) ?? [text];
  return sentences.flatMap((sentence) => {
    const pieces = [];
    for (const word of sentence.trim().split(" ")) {
      const last = pieces.at(-1);
      if (last !== undefined && last.length + word.length < LONGEST) pieces[pieces.length - 1] = `${last} ${word}`;
      else pieces.push(word);
    }
    return pieces;
  }).filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}
