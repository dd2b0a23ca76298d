import type { ComponentChildren, Ref } from "preact";
import { t } from "../core/i18n";
import { Icon, type IconName } from "./icon";

interface ButtonProps {
  kind?: "primary" | "plain" | "danger" | "proof" | "quiet";
  icon?: IconName;
  type?: "button" | "submit";
  busy?: boolean;
  disabled?: boolean;
  keys?: string;
  onClick?: (event: MouseEvent) => void;
  children: ComponentChildren;
}

export function Button(props: ButtonProps) {
  return (
    <button
      type={props.type ?? "button"}
      class={`button button-${props.kind ?? "plain"}`}
      disabled={props.disabled || props.busy}
      aria-keyshortcuts={props.keys}
      onClick={props.onClick}
    >
      {props.icon && <Icon name={props.icon} size={16} />}
      <span>{props.busy ? t("common.working") : props.children}</span>
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  keys?: string;
  pressed?: boolean;
  expanded?: boolean;
  disabled?: boolean;
  buttonRef?: Ref<HTMLButtonElement>;
  onClick: (event: MouseEvent) => void;
}

/** A button that is only a picture: its name and its key are in the tooltip. */
export function IconButton(props: IconButtonProps) {
  return (
    <button
      ref={props.buttonRef ?? null}
      type="button"
      class="icon-button"
      title={props.keys ? `${props.label} (${props.keys})` : props.label}
      aria-label={props.label}
      aria-keyshortcuts={props.keys}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** A key as it is printed in the palette, the sheet and the tooltips. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span class="keys">
      {keys.split(" ").map((key, index) => (
        <kbd key={`${index}${key}`}>{printKey(key)}</kbd>
      ))}
    </span>
  );
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

function printKey(key: string): string {
  const parts = key.split("+").map((part) => {
    if (part === "Mod") return isApple ? "⌘" : t("key.ctrl");
    if (part === "Shift") return isApple ? "⇧" : t("key.shift");
    if (part === "Escape") return t("key.escape");
    return part.length === 1 ? part.toUpperCase() : part;
  });
  return parts.join(isApple ? "" : "+");
}
