import type { ComponentChildren } from "preact";
import { go, href } from "../core/router";

interface LinkProps {
  to: string;
  class?: string;
  current?: boolean | "page";
  label?: string;
  children: ComponentChildren;
}

/** A link inside the console: a real address, opened without loading the page again. */
export function Link(props: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    go(props.to);
  };
  return (
    <a
      href={href(props.to)}
      class={props.class}
      onClick={follow}
      aria-current={props.current ? "page" : undefined}
      aria-label={props.label}
    >
      {props.children}
    </a>
  );
}
