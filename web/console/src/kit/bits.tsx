import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { wordError } from "../core/wording";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

const COPIED_SHOWN_MS = 2500;

/** Initials in a circle: no picture is ever fetched for a person. */
export function Avatar(props: { name: string; online?: boolean | undefined; small?: boolean }) {
  const letters = props.name
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  return (
    <span class={props.small ? "avatar avatar-small" : "avatar"} aria-hidden="true">
      {letters}
      {props.online !== undefined && (
        <span class={props.online ? "presence presence-on" : "presence"} />
      )}
    </span>
  );
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
      <pre dir="ltr" tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
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
  const words = { ready: "common.copy", done: "common.copied", failed: "common.copyFailed" } as const;
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
