import type { Site } from "@chatham/client";
import { t } from "../../core/i18n";
import { Copyable, CopyButton, Trouble } from "../../kit/bits";
import { Icon } from "../../kit/icon";
import { Link } from "../../kit/link";
import { Card, PageHead } from "../parts";
import { SiteChoice } from "../sites/site-choice";
import { useSites } from "../sites/use-sites";
import { Check } from "./check";

export function Install() {
  const all = useSites();
  const { site, sites, error, reload } = all;
  return (
    <>
      <PageHead title={t("settings.install")} lead={t("install.lead")} />
      <Trouble error={error} onRetry={reload} />
      {sites?.length === 0 && (
        <p>
          {t("install.noSite")} <Link to="settings/sites">{t("sites.create")}</Link>
        </p>
      )}
      <SiteChoice {...all} />
      {site && (
        <>
          <Card title={t("install.tagTitle")} lead={t("install.tagLead")}>
            <Copyable text={site.snippet} label={t("install.tagTitle")} />
            <Developer site={site} />
          </Card>
          <Check key={site.id} site={site} onSeen={reload} />
          <Card title={t("install.cspTitle")} lead={t("install.cspLead")}>
            <Copyable text={site.csp} label={t("install.cspTitle")} />
          </Card>
          <Card title={t("install.plainTitle")} lead={t("install.plainLead")}>
            <Copyable text={plainLink(site)} label={t("install.plainTitle")} />
          </Card>
          <Card title={t("install.weightTitle")}>
            <ul class="facts">
              <li>{t("install.weightScript")}</li>
              <li>{t("install.weightStorage")}</li>
              <li>{t("install.weightHosts")}</li>
            </ul>
          </Card>
        </>
      )}
    </>
  );
}

/** A link that works where the script does not; it stands where the tag's own address points. */
function plainLink({ id, snippet }: Site): string {
  const base = /src="([^"]+)\/w\//.exec(snippet)?.[1] ?? location.origin;
  return `<noscript><a href="${base}/chat/${id}">${t("install.plainText")}</a></noscript>`;
}

/** The whole request in one letter: no account is needed to carry it out. */
function Developer({ site }: { site: Site }) {
  const body = t("install.mailBody", { tag: site.snippet, csp: site.csp, name: site.name });
  const subject = t("install.mailSubject", { name: site.name });
  const address = `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
  return (
    <div class="developer">
      <a class="button button-plain" href={address}>
        <Icon name="send" size={16} />
        <span>{t("install.toDeveloper")}</span>
      </a>
      <span class="developer-copy">
        <span class="muted">{t("install.orText")}</span>
        <CopyButton text={body} />
      </span>
    </div>
  );
}
