// Style sheets made by script: they work where a page's policy forbids style elements.

/** Adds a style sheet to the root, after those that are there. */
export function adopt(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
