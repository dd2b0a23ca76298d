import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { applyTheme, prefs, setPref } from "../../core/prefs";
import { useStore } from "../../core/store";
import { Button } from "../../kit/button";
import { Select, Switch } from "../../kit/field";
import { askForDesktop, desktopState } from "../../notify/notify";
import { play } from "../../notify/sound";
import { Card, PageHead } from "../parts";

export function Preferences() {
  const now = useStore(prefs, (value) => value);
  return (
    <>
      <PageHead title={t("settings.preferences")} lead={t("prefs.lead")} />
      <Card title={t("prefs.news")}>
        <Switch
          label={t("prefs.sound")}
          hint={t("prefs.soundHint")}
          on={now.sound}
          onChange={(on) => {
            setPref("sound", on);
            if (on) play("message");
          }}
        />
        <Desktop on={now.desktop} />
      </Card>
      <Card title={t("prefs.keyboard")}>
        <Switch
          label={t("prefs.singleKeys")}
          hint={t("prefs.singleKeysHint")}
          on={now.singleKeys}
          onChange={(on) => setPref("singleKeys", on)}
        />
        <Switch
          label={t("prefs.enterSends")}
          hint={t("prefs.enterSendsHint")}
          on={now.enterSends}
          onChange={(on) => setPref("enterSends", on)}
        />
      </Card>
      <Card title={t("prefs.look")}>
        <Select
          label={t("prefs.theme")}
          value={now.theme}
          options={(["auto", "light", "dark"] as const).map((value) => ({
            value,
            text: t(`theme.${value}`),
          }))}
          onChange={(theme) => {
            setPref("theme", theme);
            applyTheme();
          }}
        />
      </Card>
    </>
  );
}

/** The browser is asked only when the agent wants it, and its answer is said as it is. */
function Desktop({ on }: { on: boolean }) {
  const [state, setState] = useState(desktopState());
  const turn = async (wanted: boolean) => {
    const answer = wanted && state === "default" ? await askForDesktop() : state;
    setState(answer);
    setPref("desktop", wanted && answer === "granted");
  };
  const isBlocked = state === "denied" || state === "missing";
  return (
    <>
      <Switch
        label={t("prefs.desktop")}
        hint={isBlocked ? t(`prefs.desktop.${state}`) : t("prefs.desktopHint")}
        on={on && state === "granted"}
        disabled={isBlocked}
        onChange={(wanted) => void turn(wanted)}
      />
      {on && state === "granted" && (
        <Button
          onClick={() => new Notification(t("notice.test"), { icon: "/console/icons/192.png" })}
        >
          {t("prefs.desktopTry")}
        </Button>
      )}
    </>
  );
}
