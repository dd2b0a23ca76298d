import { api, type Request, type RequestKind, type RequestState } from "@chatham/client";
import { useState } from "preact/hooks";
import { useCommands } from "../command/registry";
import { t } from "../core/i18n";
import { useLoad } from "../core/load";
import { Empty, Segments, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Select } from "../kit/field";
import { may } from "../session/state";
import { RequestCard } from "./card";
import { Children } from "./children";
import { EnterDialog } from "./enter";
import { MailboxLine } from "./mailbox";
import { More } from "./more";
import { kindOf, kinds } from "./words";

const states: readonly RequestState[] = ["open", "done", "withdrawn"];

/** Requests of people with their clocks, and what may be done next. */
export function Requests() {
  const [state, setState] = useState<RequestState>("open");
  const [kind, setKind] = useState<RequestKind | "">("");
  const [entering, setEntering] = useState(false);
  const page = useLoad(`${state}.${kind}`, () => api.requests.list(state, kind));
  useCommands([
    {
      id: "privacy.enter",
      group: "privacy",
      title: t("request.enter"),
      keys: "c",
      icon: "plus",
      run: () => setEntering(true),
    },
  ]);
  const requests = page.value?.requests ?? [];
  const change = (changed: Request) => {
    if (!page.value) return;
    const next = requests.map((one) => (one.id === changed.id ? changed : one));
    page.set({ ...page.value, requests: next });
  };
  return (
    <section class="desk-view" aria-label={t("desk.requests")}>
      <header class="desk-head">
        <p class="lead">{t("privacy.lead")}</p>
        <Button kind="primary" icon="plus" keys="c" onClick={() => setEntering(true)}>
          {t("request.enter")}
        </Button>
      </header>
      {may("protect") && <Children />}
      <div class="desk-filter">
        <Segments
          label={t("request.states")}
          value={state}
          options={states.map((value) => ({ value, text: t(`request.state.${value}`) }))}
          onChange={setState}
        />
        <Select
          label={t("request.kind")}
          hideLabel
          value={kind}
          options={[
            { value: "", text: t("request.anyKind") },
            ...kinds.map((value) => ({ value, text: kindOf(value) })),
          ]}
          onChange={setKind}
        />
      </div>
      <MailboxLine mailbox={page.value?.mailbox} />
      <Trouble error={page.error} onRetry={page.reload} />
      {page.value && requests.length === 0 && <NoRequests state={state} filtered={kind !== ""} />}
      <ul class="desk-list" aria-label={t("request.list")}>
        {requests.map((request) => (
          <li key={request.id}>
            <RequestCard request={request} onChange={change} />
          </li>
        ))}
      </ul>
      <More
        cursor={page.value?.next_cursor}
        read={async (cursor) => {
          const more = await api.requests.list(state, kind, cursor);
          page.set({ ...more, requests: [...requests, ...more.requests] });
        }}
      />
      {entering && (
        <EnterDialog
          mayObject={page.value?.may_object ?? []}
          onClose={() => setEntering(false)}
          onEntered={() => {
            setEntering(false);
            if (state === "open" && kind === "") page.reload();
            setState("open");
            setKind("");
          }}
        />
      )}
    </section>
  );
}

function NoRequests({ state, filtered }: { state: RequestState; filtered: boolean }) {
  return (
    <Empty icon="seal" title={t(filtered ? "request.noneOfKind" : `request.none.${state}`)}>
      {state === "open" && !filtered && <p>{t("request.noneText")}</p>}
    </Empty>
  );
}
