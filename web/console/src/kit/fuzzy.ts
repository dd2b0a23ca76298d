// Finding by a few letters: those that begin a word count most, then letters that stand together.

const WORD_START = 3;
const TOGETHER = 2;

/** How well `query` is found in `text`; undefined where a letter is missing. */
export function score(query: string, text: string): number | undefined {
  const wanted = fold(query);
  const place = fold(text);
  if (wanted === "") return 0;
  let points = 0;
  let from = 0;
  let last = -2;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const at = bestPlace(place, letter, from, last);
    if (at < 0) return undefined;
    points += 1;
    if (at === 0 || place[at - 1] === " ") points += WORD_START;
    if (at === last + 1) points += TOGETHER;
    last = at;
    from = at + 1;
  }
  return points - place.length / 1000;
}

/** The next place of a letter: beside the last one, else at the start of a word, else anywhere. */
function bestPlace(text: string, letter: string, from: number, last: number): number {
  if (last >= 0 && text[last + 1] === letter) return last + 1;
  const atWord = from === 0 && text.startsWith(letter) ? 0 : text.indexOf(` ${letter}`, from - 1);
  if (atWord === 0 && from === 0 && text.startsWith(letter)) return 0;
  return atWord >= 0 ? atWord + 1 : text.indexOf(letter, from);
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Those that match, best first; all, in their own order, for an empty query. */
export function rank<Item>(
  query: string,
  items: readonly Item[],
  textOf: (item: Item) => string,
): Item[] {
  if (query.trim() === "") return [...items];
  const scored: { item: Item; points: number }[] = [];
  for (const item of items) {
    const points = score(query, textOf(item));
    if (points !== undefined) scored.push({ item, points });
  }
  return scored.sort((a, b) => b.points - a.points).map((one) => one.item);
}
