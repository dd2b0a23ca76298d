import { api, type Site } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { dateAndTime } from "../../core/time";
import { fieldError } from "../../core/wording";
import { Chip, Trouble } from "../../kit/bits";
import { Field } from "../../kit/field";
import { Card, PageHead, SaveForm } from "../parts";
import { Origins } from "./origins";
import { useSites } from "./use-sites";

const SITE_NAME_MAX = 120;

export function Sites() {
  const { sites, error, reload } = useSites();
  return (
    <>
      <PageHead title={t("settings.sites")} lead={t("sites.lead")} />
      <Trouble error={error} onRetry={reload} />
      {sites?.map((site) => (
        <SiteCard key={site.id} site={site} onSaved={reload} />
      ))}
      {sites && <NewSite onMade={reload} />}
    </>
  );
}

function SiteCard({ site, onSaved }: { site: Site; onSaved: () => void }) {
  const [name, setName] = useState(site.name);
  const [origins, setOrigins] = useState<string[]>(site.origins);
  const action = useAction();
  const save = async () => {
    await api.sites.update(site.id, { name, origins });
    onSaved();
  };
  return (
    <Card title={site.name} lead={<SeenChip site={site} />}>
      <SaveForm action={action} save={save}>
        <Field
          label={t("sites.name")}
          value={name}
          required
          maxLength={SITE_NAME_MAX}
          error={fieldError(action.error, "name")}
          onInput={setName}
        />
        <Origins
          origins={origins}
          error={fieldError(action.error, "origins")}
          onChange={setOrigins}
        />
      </SaveForm>
    </Card>
  );
}

function SeenChip({ site }: { site: Site }) {
  if (!site.seen_at) return <Chip icon="clock">{t("install.neverSeen")}</Chip>;
  return (
    <Chip kind="success" icon="check">
      {t("install.seenAt", { time: dateAndTime(site.seen_at), origin: site.seen_origin ?? "" })}
    </Chip>
  );
}

function NewSite({ onMade }: { onMade: () => void }) {
  const [name, setName] = useState("");
  const [origins, setOrigins] = useState<string[]>([]);
  const action = useAction();
  const save = async () => {
    await api.sites.create({ name, origins });
    setName("");
    setOrigins([]);
    onMade();
  };
  return (
    <Card title={t("sites.new")} lead={t("sites.newLead")}>
      <SaveForm action={action} save={save} label={t("sites.create")}>
        <Field
          label={t("sites.name")}
          value={name}
          required
          maxLength={SITE_NAME_MAX}
          error={fieldError(action.error, "name")}
          onInput={setName}
        />
        <Origins
          origins={origins}
          error={fieldError(action.error, "origins")}
          onChange={setOrigins}
        />
      </SaveForm>
    </Card>
  );
}
