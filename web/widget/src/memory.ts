// All that this browser holds: nothing before the visitor's first deliberate sending, then one entry
// of this tab, and one entry of the browser only after the visitor chose to be remembered.
import type { Saved } from "@chatham/ui/bridge";

export interface Memory {
  readonly get: () => Saved;
  /** Changes what is held; it reaches a storage only when there is a token. */
  readonly set: (change: Saved) => void;
  readonly isRemembered: () => boolean;
  readonly setRemembered: (isRemembered: boolean) => void;
  /** Removes all of it. */
  readonly forget: () => void;
}

type Place = "sessionStorage" | "localStorage";

/** Reads what the page before left, and a token that another tab gave. */
export function createMemory(key: string, token: string | undefined): Memory {
  let remembered = read("localStorage");
  let saved: Saved = { ...remembered, ...read("sessionStorage"), ...(token ? { token } : {}) };

  // A page may forbid storage; the conversation then lasts as long as the page.
  function read(place: Place): Saved {
    try {
      return JSON.parse(window[place].getItem(key) ?? "{}") as Saved;
    } catch {
      return {};
    }
  }
  function write(place: Place, value?: Saved): void {
    try {
      if (value) window[place].setItem(key, JSON.stringify(value));
      else window[place].removeItem(key);
    } catch {
      // As above: held in memory only.
    }
  }
  function keep(): void {
    if (saved.token) write("sessionStorage", saved);
  }
  keep();

  return {
    get: () => saved,
    set(change) {
      saved = { ...saved, ...change };
      keep();
      if (this.isRemembered()) this.setRemembered(true);
    },
    isRemembered: () => remembered.token !== undefined && remembered.token === saved.token,
    setRemembered(isRemembered) {
      const { outbox: _, open: __, isAsked: ___, ...kept } = saved;
      remembered = isRemembered && kept.token ? kept : {};
      write("localStorage", remembered.token ? remembered : undefined);
    },
    forget() {
      saved = {};
      remembered = {};
      write("sessionStorage");
      write("localStorage");
    },
  };
}

/** A new secret: 32 random bytes in base64url without padding. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
