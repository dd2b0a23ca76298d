const KEPT_MS = 10_000;

/** Hands a JSON file to the visitor; nothing leaves the browser. */
export function saveFile(name: string, content: object): void {
  const file = new Blob([JSON.stringify(content, null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
