// One window for every choice by keyboard: the palette, assigning, snoozing. Type to narrow, arrows to
// move, Enter to take.
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { Keys } from "./button";
import { rank } from "./fuzzy";
import { Icon, type IconName } from "./icon";

export interface Choice {
  id: string;
  text: string;
  hint?: string;
  keys?: string;
  icon?: IconName;
  run: () => void;
}

interface PickerProps {
  label: string;
  placeholder: string;
  choices: readonly Choice[];
  onClose: () => void;
}

export function Picker(props: PickerProps) {
  const place = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const found = useMemo(
    () => rank(text, props.choices, (choice) => `${choice.text} ${choice.hint ?? ""}`),
    [text, props.choices],
  );
  useEffect(() => {
    const before = document.activeElement;
    place.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const chosen = found[Math.min(index, found.length - 1)];
  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    props.onClose();
    // After the window is gone, so that the command may open one of its own.
    queueMicrotask(choice.run);
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setIndex((now) => (now + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(chosen);
    }
  };
  return (
    <dialog
      ref={place}
      class="picker"
      aria-label={props.label}
      onClose={props.onClose}
      onMouseDown={(event) => {
        if (event.target === place.current) props.onClose();
      }}
    >
      <div class="picker-body">
        <div class="picker-search">
          <Icon name="search" size={16} />
          <input
            type="text"
            role="combobox"
            aria-label={props.label}
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
            placeholder={props.placeholder}
            autocomplete="off"
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              setIndex(0);
            }}
            onKeyDown={press}
          />
        </div>
        <div id={`${id}-list`} role="listbox" aria-label={props.label} class="picker-list">
          {found.map((choice) => (
            <PickerRow
              key={choice.id}
              id={`${id}-${choice.id}`}
              choice={choice}
              chosen={choice === chosen}
              onTake={() => take(choice)}
            />
          ))}
        </div>
        {found.length === 0 && <p class="picker-none">{t("picker.none")}</p>}
      </div>
    </dialog>
  );
}

interface PickerRowProps {
  id: string;
  choice: Choice;
  chosen: boolean;
  onTake: () => void;
}

function PickerRow({ id, choice, chosen, onTake }: PickerRowProps) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    // The keys are read by the input above, which names the chosen row.
    <div
      ref={row}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      class="picker-row"
      onClick={onTake}
      onKeyDown={() => undefined}
    >
      {choice.icon ? <Icon name={choice.icon} size={16} /> : <span class="icon-space" />}
      <span class="picker-text">{choice.text}</span>
      {choice.hint && <span class="picker-hint">{choice.hint}</span>}
      {choice.keys && <Keys keys={choice.keys} />}
    </div>
  );
}
