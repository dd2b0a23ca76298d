import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../core/i18n";
import type { Action } from "../core/load";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";

export function PageHead({ title, lead }: { title: string; lead: string }) {
  return (
    <header class="page-head">
      <h2>{title}</h2>
      <p class="lead">{lead}</p>
    </header>
  );
}

interface CardProps {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
}

export function Card({ title, lead, children }: CardProps) {
  return (
    <section class="card">
      <h3>{title}</h3>
      {lead && <p class="card-lead">{lead}</p>}
      {children}
    </section>
  );
}

const SAVED_MS = 4000;

interface SaveFormProps {
  action: Action;
  save: () => Promise<void>;
  label?: string;
  done?: string;
  disabled?: boolean;
  children: ComponentChildren;
}

/** A form with one button, which says when it is saved and what went wrong when it is not. */
export function SaveForm({ action, save, label, done, disabled, children }: SaveFormProps) {
  const [savedAt, setSavedAt] = useState(0);
  useEffect(() => {
    if (savedAt === 0) return undefined;
    const timer = setTimeout(() => setSavedAt(0), SAVED_MS);
    return () => clearTimeout(timer);
  }, [savedAt]);
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await save();
      setSavedAt(Date.now());
    });
  };
  return (
    <form onSubmit={submit} class="save-form">
      {children}
      <Trouble error={action.error} />
      <div class="save-bar">
        <Button kind="primary" type="submit" busy={action.busy} disabled={disabled === true}>
          {label ?? t("common.save")}
        </Button>
        <span role="status" class="saved">
          {savedAt > 0 ? (done ?? t("common.saved")) : ""}
        </span>
      </div>
    </form>
  );
}
