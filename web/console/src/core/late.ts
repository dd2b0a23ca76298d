import { useEffect, useState } from "preact/hooks";

/** A value that follows `value` once it has rested for `ms`. */
export function useLateValue<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}
