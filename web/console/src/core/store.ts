// A value that screens watch. Small on purpose: state is plain data, changed by named functions.
import { useEffect, useState } from "preact/hooks";

export interface Store<T> {
  get(): T;
  set(next: T): void;
  update(change: (now: T) => T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: T) => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The part of a store a screen shows; the screen is drawn again when that part changes. */
export function useStore<T, Part>(store: Store<T>, select: (value: T) => Part): Part {
  const part = select(store.get());
  const [, redraw] = useState(0);
  useEffect(() => {
    let seen = part;
    const look = () => {
      const now = select(store.get());
      if (Object.is(now, seen)) return;
      seen = now;
      redraw((count) => count + 1);
    };
    look();
    return store.subscribe(look);
    // Selectors read the props of this drawing, so each drawing watches with its own.
  });
  return part;
}
