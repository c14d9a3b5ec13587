// Two devices' choices become one: name by name, the later word counts. Nothing here reads or writes anything.
//
// A choice is `{communities, topics, saved, language, removed: {communities, topics, saved}}`; each is `{name: moment}`,
// a moment as `Date.toISOString` writes it, so that of two the later is the greater text.

const LISTS = ["communities", "topics", "saved"];
/** As the server allows (`communities/syncing/entries.py`). */
const MOST = { communities: 40, topics: 40, saved: 100 };
const MOST_REMOVED = 100;

/** A choice of nothing. */
export const nothing = () => ({ communities: {}, topics: {}, saved: {}, language: {}, removed: { communities: {}, topics: {}, saved: {} } });

/**
 * What `known` becomes when a device now has these names: what is new was chosen at `now`, what is missing was taken off.
 * `own` is `{communities, topics, saved}`, lists of names, and `language`, a code or "".
 */
export function noted(known, own, now = new Date()) {
  const next = structuredClone(known);
  for (const list of LISTS) {
    const names = new Set(own[list]);
    // The first of a list is the latest, where names come at once.
    [...names].filter((name) => !(name in known[list])).forEach((name, place) => {
      next[list][name] = after(known.removed[list][name], now - place);
      delete next.removed[list][name];
    });
    for (const name of Object.keys(known[list])) {
      if (names.has(name)) continue;
      next.removed[list][name] = after(known[list][name], now);
      delete next[list][name];
    }
  }
  if (own.language && !(own.language in known.language)) next.language = { [own.language]: after(Object.values(known.language)[0], now) };
  return bounded(next);
}

/** What both say, the later word of each; who chose goes before who took off in the same moment. */
export function merged(one, other) {
  const both = nothing();
  for (const list of LISTS) {
    const names = [one, other].flatMap((side) => [...Object.keys(side[list]), ...Object.keys(side.removed[list])]);
    for (const name of new Set(names)) {
      const chosen = latest(one[list][name], other[list][name]);
      const removed = latest(one.removed[list][name], other.removed[list][name]);
      if (chosen && (!removed || chosen >= removed)) both[list][name] = chosen;
      else both.removed[list][name] = removed;
    }
  }
  const [mine = ["", ""], theirs = ["", ""]] = [one, other].map((side) => Object.entries(side.language)[0]);
  const [code, at] = theirs[1] > mine[1] ? theirs : mine;
  if (code) both.language = { [code]: at };
  return bounded(both);
}

/** What both say when a device joins: as `merged`, but who read about everything goes on, and a new device reads as the others. */
export function joined(own, kept, now = new Date()) {
  const both = merged(own, kept);
  const [here, there] = [own, kept].map((side) => Object.keys(side.communities).length > 0);
  if (!here && Object.keys(kept.language).length) both.language = kept.language;
  const isAll = (side) => !Object.keys(side.topics).length;
  if (!here || !there || (!isAll(own) && !isAll(kept))) return both;
  for (const [topic, at] of Object.entries(both.topics)) both.removed.topics[topic] = after(at, now);
  return bounded({ ...both, topics: {} });
}

/** The names of a list, in the order of `own` and then the latest first. */
export function ordered(moments, own) {
  const others = newestFirst(moments).map(([name]) => name).filter((name) => !own.includes(name));
  return [...own.filter((name) => name in moments), ...others];
}

/** The names of a list, the latest first. */
export const byMoment = (moments) => newestFirst(moments).map(([name]) => name);

/** Whether two choices say the same. */
export const isSame = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/** As many as there is room for, the latest: every device leaves out the same. */
function bounded(choice) {
  for (const list of LISTS) {
    choice[list] = Object.fromEntries(newestFirst(choice[list]).slice(0, MOST[list]));
    choice.removed[list] = Object.fromEntries(newestFirst(choice.removed[list]).slice(0, MOST_REMOVED));
  }
  return choice;
}

const newestFirst = (moments) => Object.entries(moments).sort(([a, at], [b, other]) => (at < other || (at === other && a > b) ? 1 : -1));

const latest = (one, other) => ((one ?? "") > (other ?? "") ? one : other);

/** The moment `now`, or the next one after `before`: a clock that runs behind does not undo what came later. */
const after = (before, now) => new Date(Math.max(now, before ? Date.parse(before) + 1 : 0)).toISOString();

const sorted = (value) => (value && typeof value === "object" ? Object.entries(value).map(([key, one]) => [key, sorted(one)]).sort(([a], [b]) => (a < b ? -1 : 1)) : value);
