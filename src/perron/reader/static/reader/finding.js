// Finding a commune by postal code, by name or by where the device is. Everything is looked up in the public list of
// the platform's places (`places.json`); what is typed and the position stay on the device.

const EARTH = 6371; // km
const MOST = 8;
const SAINTS = { saint: "st", sint: "st", sankt: "st", sainte: "ste" };

/** Case and accents folded, punctuation to spaces: the same as `perron.core.text.normalise`. */
export function normalise(text) {
  return text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * The communes that somebody means who types this, best first, by the rules of `perron.communities.communes.look_up`:
 * a postal code, its beginning, or a name, whole or beginning, with typing errors.
 */
export function find(communes, typed) {
  const wanted = normalise(typed.slice(0, 100));
  const [code, digits] = /(?:\bb ?)?\b(\d{2,4})\b/.exec(wanted) ?? [""];
  const named = ranked(communes, (commune) => rankOfNames(commune, wanted.replace(code, " ").trim()));
  if (!digits) return named.slice(0, MOST);
  const coded = withCode(communes, digits);
  if (!coded.length) return named.slice(0, MOST);
  return [...named.filter((commune) => coded.includes(commune)), ...coded.filter((commune) => !named.includes(commune))].slice(0, MOST);
}

/** The communes by distance from `position` (`{latitude, longitude}` in degrees): `[{commune, distance}]` in km. */
export function nearest(communes, position) {
  return communes
    .filter((commune) => commune.point)
    .map((commune) => ({ commune, distance: kilometres(position, { latitude: commune.point[0], longitude: commune.point[1] }) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST);
}

// The communes with the code or with codes that begin so; where there is none, with the code's first digits.
function withCode(communes, digits) {
  for (let length = digits.length; length > 1; length--) {
    const found = communes.filter((commune) => commune.postal_codes.some((code) => code.startsWith(digits.slice(0, length))));
    if (found.length) return found;
  }
  return [];
}

function ranked(communes, rank) {
  return communes
    .map((commune) => ({ commune, rank: rank(commune) }))
    .filter((found) => found.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.commune.name.localeCompare(b.commune.name))
    .map((found) => found.commune);
}

const rankOfNames = (commune, wanted) => (wanted ? Math.min(...commune.names.map((name) => rankOfName(key(name), key(wanted)))) : Infinity);

const key = (name) => normalise(name).split(" ").map((word) => SAINTS[word] ?? word).join(" ");

function rankOfName(name, wanted) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (` ${name}`.includes(` ${wanted}`)) return 2;
  const [whole, typed] = [name.replaceAll(" ", ""), wanted.replaceAll(" ", "")];
  const errors = distance(whole, typed);
  if (errors <= (typed.length <= 5 ? 1 : typed.length <= 10 ? 2 : 3)) return 2 + errors;
  // Somebody who is still typing: one error in the beginning of a name.
  return typed.length > 3 && distance(whole.slice(0, typed.length), typed) <= 1 ? 3.5 : Infinity;
}

/** How many letters are missing, added, replaced or swapped with their neighbour (optimal string alignment). */
export function distance(one, other) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
}

/** The distance in km of two `{latitude, longitude}` in degrees, on a sphere (haversine). */
export function kilometres(one, other) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const half = (angle) => Math.sin(radians(angle) / 2) ** 2;
  const across = half(other.latitude - one.latitude);
  const along = Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * half(other.longitude - one.longitude);
  return 2 * EARTH * Math.asin(Math.sqrt(across + along));
}
