import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { wordError } from "../core/wording";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";
import { Scroll } from "./scroll";

const COPIED_SHOWN_MS = 2500;

/** Initials in a circle: no picture is ever fetched for a person. */
export function Avatar(props: { name: string; online?: boolean | undefined; small?: boolean }) {
  const letters = initials(props.name);
  return (
    <span class={props.small ? "avatar avatar-small" : "avatar"} aria-hidden="true">
      {letters}
      {props.online !== undefined && (
        <span class={props.online ? "presence presence-on" : "presence"} />
      )}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const code = words.at(-1) ?? "";
  // "Visitor 3F2A" has no name yet: its code tells it from the others.
  if (/^[0-9A-F]{4}$/.test(code)) return code.slice(0, 2);
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0] ?? "")
    .join("")
    .toUpperCase();
}

interface ChipProps {
  kind?: "plain" | "proof" | "danger" | "success" | "warn";
  icon?: IconName;
  children: ComponentChildren;
}

export function Chip({ kind = "plain", icon, children }: ChipProps) {
  return (
    <span class={`chip chip-${kind}`}>
      {icon && <Icon name={icon} size={13} />}
      {children}
    </span>
  );
}

/** An empty place that says what will stand here and how to get it. */
export function Empty(props: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={props.icon} size={24} />
      </span>
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** An error in words, with the way to try again where there is one. */
export function Trouble(props: { error: unknown; text?: string; onRetry?: () => void }) {
  const { error, onRetry } = props;
  if (error === undefined) return null;
  return (
    <div class="trouble" role="alert">
      <Icon name="warn" size={16} />
      <p>{props.text ?? wordError(error)}</p>
      {onRetry && (
        <Button kind="quiet" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      )}
    </div>
  );
}

interface SegmentsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; text: string }[];
  onChange: (value: Value) => void;
}

/** A few exclusive choices side by side. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  return (
    <fieldset class="segments">
      <legend class="unseen">{props.label}</legend>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </fieldset>
  );
}

/** Text that is for machines, with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div class="copyable">
      <Scroll class="scroll" label={label}>
        <pre dir="ltr">{text}</pre>
      </Scroll>
      <CopyButton text={text} />
    </div>
  );
}

export function CopyButton({ text }: { text: string }) {
  const [state, setState] = useState<"ready" | "done" | "failed">("ready");
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setState("done"),
      () => setState("failed"),
    );
    setTimeout(() => setState("ready"), COPIED_SHOWN_MS);
  };
  const words = {
    ready: "common.copy",
    done: "common.copied",
    failed: "common.copyFailed",
  } as const;
  return (
    <span class="copy-button">
      <Button icon={state === "done" ? "check" : "copy"} onClick={copy}>
        {t(words[state])}
      </Button>
      <span class="unseen" role="status">
        {state === "ready" ? "" : t(words[state])}
      </span>
    </span>
  );
}
