import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { adopt } from "../style";
import type { Widget } from "../widget";

export interface ScreenProps {
  readonly w: Widget;
}

/** The style of those screens comes with the first of them. */
let styled: ShadowRoot | undefined;

/** A screen whose code is fetched when it is first wanted. */
export function Later({
  load,
  w,
}: ScreenProps & { load: () => Promise<FunctionComponent<ScreenProps>> }) {
  const [Screen, setScreen] = useState<FunctionComponent<ScreenProps> | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    Promise.all([load(), import("./later.css?inline")]).then(
      ([it, style]) => {
        if (styled !== w.bridge.root) adopt(w.bridge.root, style.default);
        styled = w.bridge.root;
        setScreen(() => it);
      },
      () => setLost(true),
    );
  }, [load]);
  if (isLost) return <p class="screen">{w.t("error.offline")}</p>;
  return Screen ? <Screen w={w} /> : <p class="screen">{w.t("loading")}</p>;
}
