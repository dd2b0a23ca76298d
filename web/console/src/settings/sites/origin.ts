/** The origin that somebody means who types `shop.example` or pastes the address of a page. */
export function originOf(text: string): string | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  const isLocal = /^(localhost|127\.0\.0\.1)(:|\/|$)/.test(typed);
  const full = /^https?:\/\//i.test(typed) ? typed : `${isLocal ? "http" : "https"}://${typed}`;
  try {
    const url = new URL(full);
    const isName = url.hostname.includes(".") || url.hostname === "localhost";
    return isName && url.username === "" ? url.origin : undefined;
  } catch {
    return undefined;
  }
}
