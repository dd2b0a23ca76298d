// How a key elsewhere on the screen brings the writer into the composer.
export type DraftKind = "message" | "note";

let target: ((kind: DraftKind) => void) | undefined;

export function setComposer(next: ((kind: DraftKind) => void) | undefined): void {
  target = next;
}

export function focusComposer(kind: DraftKind): void {
  target?.(kind);
}

export function sendFromComposer(): void {
  document.querySelector<HTMLFormElement>("form.composer")?.requestSubmit();
}
