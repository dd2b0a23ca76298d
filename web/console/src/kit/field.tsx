import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";

type FieldType = "text" | "email" | "password" | "date" | "datetime-local" | "color";

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: FieldType;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  autoComplete?: string;
  inputMode?: "numeric" | "email" | "text";
  maxLength?: number;
  min?: string;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
}

/** One labelled line of a form with its hint and its error. */
export function Field(props: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        ref={props.inputRef ?? null}
        {...typeOf(props.type)}
        value={props.value}
        required={props.required}
        autocomplete={props.autoComplete}
        inputMode={props.inputMode}
        maxLength={props.maxLength}
        min={props.min}
        placeholder={props.placeholder}
        dir={props.type === "email" ? "ltr" : "auto"}
        aria-invalid={props.error ? true : undefined}
        aria-describedby={props.hint || props.error ? `${id}-about` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <About id={`${id}-about`} hint={props.hint} error={props.error} />
    </div>
  );
}

/** The attribute types know one shape for each kind of input; this names the kind alone. */
function typeOf(type: FieldType = "text"): { type: "text" } {
  return { type: type as "text" };
}

interface TextAreaProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  rows?: number;
  hint?: string | undefined;
  error?: string | undefined;
  maxLength?: number;
}

export function TextArea(props: TextAreaProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        rows={props.rows ?? 3}
        value={props.value}
        maxLength={props.maxLength}
        dir="auto"
        aria-invalid={props.error ? true : undefined}
        aria-describedby={props.hint || props.error ? `${id}-about` : undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <About id={`${id}-about`} hint={props.hint} error={props.error} />
    </div>
  );
}

function About(props: { id: string; hint?: string | undefined; error?: string | undefined }) {
  if (!props.hint && !props.error) return null;
  return (
    <div id={props.id} class="field-about">
      {props.error && <p class="field-error">{props.error}</p>}
      {props.hint && <p class="field-hint">{props.hint}</p>}
    </div>
  );
}

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; text: string }[];
  onChange: (value: Value) => void;
  hideLabel?: boolean;
  disabled?: boolean;
  hint?: string;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const id = useId();
  const choose = (text: string) => {
    const found = props.options.find((option) => option.value === text);
    if (found) props.onChange(found.value);
  };
  return (
    <div class="field">
      <label for={id} class={props.hideLabel ? "unseen" : undefined}>
        {props.label}
      </label>
      <select
        id={id}
        value={props.value}
        disabled={props.disabled}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <About id={`${id}-about`} hint={props.hint} />
    </div>
  );
}

interface SwitchProps {
  label: string;
  hint?: ComponentChildren;
  on: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

export function Switch(props: SwitchProps) {
  const id = useId();
  return (
    <div class="switch-row">
      <input
        id={id}
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.on}
        aria-checked={props.on}
        disabled={props.disabled}
        aria-describedby={props.hint ? `${id}-about` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <label for={id}>{props.label}</label>
      {props.hint && (
        <p id={`${id}-about`} class="field-hint">
          {props.hint}
        </p>
      )}
    </div>
  );
}
