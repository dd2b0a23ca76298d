// Asks axe about a screen. What it calls a fault fails, and so does what it leaves undecided and no row of a
// table explains: "incomplete" is where a real fault of contrast hides best.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PLACES_MAX = 4;

/**
 * A judge with a table of what axe may leave undecided. A row: `rule`, `screen` (the beginning of its name),
 * `place` (a part of the selector), `why`, and `instead`: what checks it.
 */
export function createJudge(rows) {
  const used = new Set();
  const faults = [];

  function isExplained(screen, rule, place) {
    const row = rows.find(
      (it) => it.rule === rule && screen.startsWith(it.screen) && place.includes(it.place),
    );
    if (row) used.add(row);
    return row !== undefined;
  }

  return {
    faults,
    /** Looks at the page as it stands. */
    async look(page, screen) {
      await page.evaluate(source);
      const { violations, incomplete } = await page.evaluate(
        (tags) => globalThis.axe.run({ runOnly: tags }),
        TAGS,
      );
      for (const found of violations) faults.push(say(screen, "fault", found, found.nodes));
      for (const found of incomplete) {
        const undecided = await page.evaluate(lookCloser, { rule: found.id, nodes: found.nodes });
        const nodes = found.nodes.filter((_, index) => undecided.includes(index));
        const open = nodes.filter((it) => !isExplained(screen, found.id, placeOf(it)));
        if (open.length > 0) faults.push(say(screen, "undecided", found, open));
      }
      if (await page.evaluate(isWiderThanWindow)) faults.push(`${screen}: scrolls sideways`);
    },
    /** The rows that explained nothing: what they were for is gone, and they could hide something new. */
    idleRows: () => rows.filter((it) => !used.has(it)),
  };
}

/**
 * What stands half under the edge of a scrolled region is brought to its middle and looked at again, alone; the
 * indices of those that stay undecided.
 */
async function lookCloser({ rule, nodes }) {
  const undecided = [];
  for (const [index, { target }] of nodes.entries()) {
    let element = document;
    for (const part of target.flat()) element = (element?.shadowRoot ?? element)?.querySelector(part);
    const scrolled = [];
    for (let it = element; it; it = it.parentNode ?? it.host) {
      if (it.scrollHeight > it.clientHeight) scrolled.push([it, it.scrollTop, it.scrollLeft]);
    }
    element?.scrollIntoView?.({ block: "center", behavior: "instant" });
    const { incomplete, violations } = await globalThis.axe.run({ include: [target] }, { runOnly: [rule] });
    if (incomplete.length + violations.length > 0) undecided.push(index);
    for (const [it, top, left] of scrolled) it.scrollTo?.({ top, left, behavior: "instant" });
  }
  return undecided;
}

function isWiderThanWindow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth;
}

function placeOf(node) {
  return node.target.flat().join(" ");
}

function say(screen, kind, found, nodes) {
  const reasons = nodes.slice(0, PLACES_MAX).map((node) => {
    const reason = [...node.any, ...node.all, ...node.none][0];
    return `${placeOf(node)} (${reason?.data?.messageKey ?? reason?.message ?? ""})`;
  });
  return `${screen}: ${kind} ${found.id} (${found.impact}), ${nodes.length}: ${reasons.join(" | ")}`;
}
