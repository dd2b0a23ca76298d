import { api, type Child } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction, useLoad } from "../core/load";
import { dateAndTime, longDate, relative, useNow } from "../core/time";
import { Chip, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Field, TextArea } from "../kit/field";

const MINUTE_MS = 60_000;

/** Minors who were found: what is frozen, until when, and the one next step of each. */
export function Children() {
  const list = useLoad("children", () => api.children.list());
  const children = list.value?.children ?? [];
  if (children.length === 0 && !list.error) return null;
  return (
    <section class="desk-children" aria-labelledby="children-title">
      <h3 id="children-title">{t("children.title", { n: children.length })}</h3>
      <p class="muted">{t("children.lead")}</p>
      <Trouble error={list.error} onRetry={list.reload} />
      <ul class="desk-list">
        {children.map((child) => (
          <li key={child.person_id}>
            <ChildCard child={child} onChange={list.reload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface CardProps {
  child: Child;
  onChange: () => void;
}

type Step = "ask" | "lift";

function ChildCard({ child, onChange }: CardProps) {
  const [open, setOpen] = useState<Step | undefined>();
  const id = `child-${child.person_id}`;
  const toggle = (step: Step) => setOpen(open === step ? undefined : step);
  const done = () => {
    setOpen(undefined);
    onChange();
  };
  return (
    <article class="card request" aria-labelledby={id}>
      <header class="request-head">
        <h4 id={id}>{t("children.card", { site: child.site })}</h4>
        <Clock child={child} />
      </header>
      <p class="request-who">
        <span>{t("children.talks", { n: child.conversations })}</span>
        <span>{t("children.marked", { time: dateAndTime(child.marked_at) })}</span>
        {child.held && <Chip kind="warn">{t("children.held")}</Chip>}
      </p>
      <p>
        {child.asked_at
          ? t("children.asked", {
              parent: child.parent_masked ?? "",
              time: dateAndTime(child.asked_at),
            })
          : t("children.unasked", { time: dateAndTime(child.hold_until) })}
      </p>
      <div class="request-buttons">
        <Button
          kind={child.next === "ask_parent" ? "primary" : "plain"}
          onClick={() => toggle("ask")}
        >
          {t(child.next === "ask_parent" ? "children.ask" : "children.askAgain")}
        </Button>
        <Button onClick={() => toggle("lift")}>{t("children.lift")}</Button>
      </div>
      {open === "ask" && <AskParent child={child} onChange={done} />}
      {open === "lift" && <Lift child={child} onChange={done} />}
    </article>
  );
}

/** When it is erased by itself. */
function Clock({ child }: { child: Child }) {
  useNow(MINUTE_MS);
  const end = child.asked_at ? child.erase_at : Math.min(child.hold_until, child.erase_at);
  return (
    <span title={longDate(end)}>
      <Chip kind="warn" icon="clock">
        {t("children.due", { time: relative(end) })}
      </Chip>
    </span>
  );
}

function AskParent({ child, onChange }: CardProps) {
  const [email, setEmail] = useState("");
  const action = useAction();
  const send = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.children.askParent(child.person_id, email.trim());
      onChange();
    });
  };
  return (
    <form class="request-form" onSubmit={send}>
      <Field
        label={t("children.email")}
        hint={t("children.emailHint")}
        type="email"
        value={email}
        onInput={setEmail}
        required
      />
      <Trouble error={action.error} />
      <Button kind="primary" type="submit" busy={action.busy}>
        {t("children.send")}
      </Button>
    </form>
  );
}

function Lift({ child, onChange }: CardProps) {
  const [reason, setReason] = useState("");
  const action = useAction();
  const lift = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.children.lift(child.person_id, reason.trim());
      onChange();
    });
  };
  return (
    <form class="request-form" onSubmit={lift}>
      <TextArea
        label={t("children.reason")}
        hint={t("children.reasonHint")}
        value={reason}
        onInput={setReason}
      />
      <Trouble error={action.error} />
      <Button type="submit" busy={action.busy} disabled={reason.trim() === ""}>
        {t("children.liftDo")}
      </Button>
    </form>
  );
}
