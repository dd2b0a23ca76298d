import { t } from "../../core/i18n";
import { Select } from "../../kit/field";
import type { Sites } from "./use-sites";

/** Shown where there is more than one site to choose from. */
export function SiteChoice({ sites, site, choose }: Sites) {
  if (!sites || !site || sites.length < 2) return null;
  return (
    <Select
      label={t("sites.choose")}
      value={site.id}
      options={sites.map((one) => ({ value: one.id, text: one.name }))}
      onChange={choose}
    />
  );
}
