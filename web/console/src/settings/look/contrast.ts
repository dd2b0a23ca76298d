// Colours that can be read: the owner's accent, changed no more than reading needs.

const RATIO_MIN = 4.5;
const WHITE = "#ffffff";
const INK = "#14201f";
const STEPS_MAX = 40;
const STEP = 0.96;

type Rgb = [number, number, number];

function parseHex(text: string): Rgb | undefined {
  const found = /^#?([0-9a-f]{6})$/i.exec(text.trim());
  if (!found?.[1]) return undefined;
  const value = Number.parseInt(found[1], 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const level = part / 255;
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** The contrast of two colours as WCAG 2.2 defines it, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const a = parseHex(one);
  const b = parseHex(other);
  if (!a || !b) return 1;
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

export interface Readable {
  accent: string;
  accent_text: string;
  /** The wished colour could not be read under either text, and was darkened. */
  isCorrected: boolean;
}

/** Text on the accent: white where it can be read, else ink, else white on a darker accent. */
export function makeReadable(wished: string): Readable | undefined {
  const rgb = parseHex(wished);
  if (!rgb) return undefined;
  const accent = toHex(rgb);
  for (const accent_text of [WHITE, INK]) {
    if (contrast(accent, accent_text) >= RATIO_MIN) {
      return { accent, accent_text, isCorrected: false };
    }
  }
  let darker = rgb;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    darker = darker.map((part) => part * STEP) as Rgb;
    if (contrast(toHex(darker), WHITE) >= RATIO_MIN) break;
  }
  return { accent: toHex(darker), accent_text: WHITE, isCorrected: true };
}
