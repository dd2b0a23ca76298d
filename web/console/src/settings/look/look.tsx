import { api, type Site, type SiteChange } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { Trouble } from "../../kit/bits";
import { PageHead, SaveForm } from "../parts";
import { SiteChoice } from "../sites/site-choice";
import { useSites } from "../sites/use-sites";
import { makeReadable } from "./contrast";
import { AskedFields, GreetingFields, LookFields } from "./fields";
import { Preview } from "./preview";

export type LookDraft = Pick<
  Site,
  "look" | "locale" | "greetings" | "offline_form" | "ask_name" | "ask_email"
>;

export function Look() {
  const all = useSites();
  const { site, error, reload } = all;
  return (
    <>
      <PageHead title={t("settings.look")} lead={t("look.lead")} />
      <Trouble error={error} onRetry={reload} />
      <SiteChoice {...all} />
      {site && <LookForm key={site.id} site={site} onSaved={reload} />}
    </>
  );
}

function LookForm({ site, onSaved }: { site: Site; onSaved: () => void }) {
  const [draft, setDraft] = useState<LookDraft>({
    look: site.look,
    locale: site.locale,
    greetings: site.greetings,
    offline_form: site.offline_form,
    ask_name: site.ask_name,
    ask_email: site.ask_email,
  });
  const action = useAction();
  const change = (part: Partial<LookDraft>) => setDraft((now) => ({ ...now, ...part }));
  const readable = makeReadable(draft.look.accent);
  const save = async () => {
    if (!readable) return;
    const { accent, accent_text } = readable;
    const { position, theme, launcher } = draft.look;
    const body: SiteChange = { ...draft, look: { accent, position, theme, launcher } };
    await api.sites.update(site.id, body);
    change({ look: { ...draft.look, accent, accent_text } });
    onSaved();
  };
  return (
    <div class="look">
      <SaveForm action={action} save={save} disabled={!readable}>
        <LookFields draft={draft} readable={readable} onChange={change} />
        <GreetingFields draft={draft} error={action.error} onChange={change} />
        <AskedFields draft={draft} onChange={change} />
      </SaveForm>
      {readable && <Preview draft={draft} readable={readable} name={site.name} />}
    </div>
  );
}
