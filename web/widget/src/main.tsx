import tokens from "@chatham/ui/tokens.css?inline";
import { render } from "preact";

/** Draws the panel into the given root. */
export function start(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(tokens);
  root.adoptedStyleSheets = [sheet];
  render(<p>Chatham</p>, root);
}
