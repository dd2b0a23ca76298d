// Reading something for a screen: what came, what went wrong, and how to read it again.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  reload: () => void;
  set: (value: T) => void;
}

interface Outcome<T> {
  key: string;
  value?: T;
  error?: unknown;
}

/** Reads when the screen opens, and anew when `key` changes. */
export function useLoad<T>(key: string, read: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Outcome<T>>({ key });
  const latest = useRef(read);
  latest.current = read;
  const reload = useCallback(() => {
    latest.current().then(
      (value) => setState({ key, value }),
      (error: unknown) => setState((now) => ({ ...now, key, error })),
    );
  }, [key]);
  useEffect(reload, [reload]);
  const mine: Outcome<T> = state.key === key ? state : { key };
  return {
    value: mine.value,
    error: mine.error,
    reload,
    set: (value) => setState({ key, value }),
  };
}

export interface Action {
  busy: boolean;
  error: unknown;
  run: (work: () => Promise<void>) => Promise<void>;
  clear: () => void;
}

/** One command at a time, with its outcome. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run, clear: () => setError(undefined) };
}
