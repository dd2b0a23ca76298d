import type { ComponentChildren } from "preact";

interface ScrollProps {
  label: string;
  class: string;
  children: ComponentChildren;
}

/** A part that scrolls by itself: named, and reachable by key, or nobody could scroll it without a mouse. */
export function Scroll(props: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling by key needs the focus
    <section class={props.class} aria-label={props.label} tabIndex={0}>
      {props.children}
    </section>
  );
}
