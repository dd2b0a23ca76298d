// Short news at the edge of the screen. Read out politely, gone by itself, never the only place of an error.
import { createStore, useStore } from "../core/store";

interface Toast {
  id: number;
  text: string;
  kind: "plain" | "danger";
}

const SHOWN_MS = 6000;
const toasts = createStore<readonly Toast[]>([]);
let count = 0;

export function toast(text: string, kind: Toast["kind"] = "plain"): void {
  count += 1;
  const id = count;
  toasts.update((now) => [...now.slice(-2), { id, text, kind }]);
  setTimeout(() => toasts.update((now) => now.filter((one) => one.id !== id)), SHOWN_MS);
}

export function Toasts() {
  const shown = useStore(toasts, (now) => now);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <p key={one.id} class={`toast toast-${one.kind}`}>
          {one.text}
        </p>
      ))}
    </div>
  );
}
