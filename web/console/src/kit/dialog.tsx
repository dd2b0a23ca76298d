import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../core/i18n";
import { IconButton } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  kind?: "plain" | "wide" | "proof";
  children: ComponentChildren;
}

/** A modal window: the browser's own, so focus stays inside and Escape closes it. */
export function Dialog(props: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    place.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={place}
      class={`dialog dialog-${props.kind ?? "plain"}`}
      aria-labelledby={id}
      onClose={props.onClose}
      onMouseDown={(event) => {
        if (event.target === place.current) props.onClose();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={id}>{props.title}</h2>
          <IconButton icon="close" label={t("common.close")} onClick={props.onClose} />
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
