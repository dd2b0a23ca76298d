import { api, type PolicyPurpose, type PolicyView } from "@chatham/client";
import { t, tCode } from "../../core/i18n";
import { useLoad } from "../../core/load";
import { wordRetention } from "../../core/retention";
import { longDate } from "../../core/time";
import { Chip, Trouble } from "../../kit/bits";
import { Icon } from "../../kit/icon";
import { Scroll } from "../../kit/scroll";
import { Table } from "../../kit/table";
import { Card, PageHead } from "../parts";
import { Draft } from "./draft";
import { Waiting } from "./waiting";

/** The promise that the server keeps, as it was parsed: to read here, to change only in its file. */
export function PolicyPage() {
  const loaded = useLoad("policy", api.settings.policy);
  const policy = loaded.value;
  return (
    <>
      <PageHead title={t("settings.policy")} lead={t("policy.lead")} />
      <Trouble error={loaded.error} onRetry={loaded.reload} />
      {policy?.waiting && <Waiting waiting={policy.waiting} from={policy.version} />}
      {policy?.may_publish && <Draft policy={policy} onPublished={loaded.reload} />}
      {policy && <PolicyParts policy={policy} />}
    </>
  );
}

function PolicyParts({ policy }: { policy: PolicyView }) {
  return (
    <>
      <Version policy={policy} />
      <Card title={t("policy.purposes")} lead={t("policy.purposesLead")}>
        <Table
          label={t("policy.purposes")}
          head={[
            t("policy.purpose"),
            t("policy.basis"),
            t("policy.data"),
            t("policy.who"),
            t("policy.retain"),
          ]}
          rows={policy.purposes.map((one) => [
            purposeName(one),
            tCode("basis", one.basis),
            one.categories.map((key) => tCode("category", key)).join(", "),
            one.roles.map((role) => tCode("role", role)).join(", "),
            wordRetention(one.retain),
          ])}
        />
      </Card>
      <Card title={t("policy.categories")} lead={t("policy.categoriesLead")}>
        <Table
          label={t("policy.categories")}
          head={[t("policy.category"), t("policy.fields"), t("policy.protect")]}
          rows={policy.categories.map((one) => [
            tCode("category", one.key),
            one.fields.length > 0 ? one.fields.join(", ") : t("policy.noField"),
            tCode("protect", one.protect),
          ])}
        />
      </Card>
      <Card title={t("policy.processors")} lead={t("policy.processorsLead")}>
        {policy.processors.length === 0 ? (
          <p>{t("policy.noProcessor")}</p>
        ) : (
          <Table
            label={t("policy.processors")}
            head={[t("policy.processor"), t("policy.country"), t("policy.data"), t("policy.hosts")]}
            rows={policy.processors.map((one) => [
              one.name,
              one.country,
              one.categories.map((key) => tCode("category", key)).join(", "),
              one.hosts.join(", "),
            ])}
          />
        )}
      </Card>
      <Card title={t("policy.file")} lead={t("policy.fileLead")}>
        <details class="policy-text">
          <summary>{t("policy.showFile")}</summary>
          <Scroll class="scroll" label={t("policy.file")}>
            <pre dir="ltr">{policy.text}</pre>
          </Scroll>
        </details>
      </Card>
    </>
  );
}

/** A purpose that the file names and this program does not carry out is refused, and says so. */
function purposeName(purpose: PolicyPurpose): string {
  const name = tCode("purpose", purpose.key);
  return purpose.built === false ? `${name} (${t("policy.notBuilt")})` : name;
}

function Version({ policy }: { policy: PolicyView }) {
  const effective = Date.parse(policy.effective);
  return (
    <section class="card policy-version">
      <Chip kind="proof" icon="seal">
        {t("policy.version", { version: policy.version })}
      </Chip>
      <dl class="held-facts">
        <div>
          <dt>{t("policy.effective")}</dt>
          <dd>{Number.isNaN(effective) ? policy.effective : longDate(effective * 1000)}</dd>
        </div>
        <div>
          <dt>{t("policy.floor")}</dt>
          <dd>{tCode("floor", policy.floor)}</dd>
        </div>
        <div>
          <dt>{t("policy.hash")}</dt>
          <dd>
            <code class="hash" dir="ltr">
              {policy.hash}
            </code>
          </dd>
        </div>
      </dl>
      <a href={policy.url} target="_blank" rel="noopener" class="button button-proof">
        <Icon name="policy" size={16} />
        <span>{t("policy.public")}</span>
      </a>
    </section>
  );
}
