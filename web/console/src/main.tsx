import "@chatham/ui/tokens.css";
import "./style/font.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/window.css";
import "./style/frame.css";
import "./style/shell.css";
import "./style/inbox.css";
import "./style/conversation.css";
import "./style/composer.css";
import "./style/person.css";
import "./style/settings.css";
import "./style/look.css";
import "./style/lists.css";
import "./style/privacy.css";
import "./style/policy.css";
import "./style/phone.css";
import { render } from "preact";
import { loadLanguage } from "./core/i18n";
import { applyTheme } from "./core/prefs";
import { takeToken } from "./core/router";
import { startWorker } from "./core/worker";
import { listenForGesture } from "./notify/sound";
import { loadSession } from "./session/state";
import { App } from "./shell/app";

const place = document.getElementById("app");

async function start(): Promise<void> {
  applyTheme();
  const token = takeToken();
  await loadLanguage(navigator.languages);
  listenForGesture();
  if (place) render(<App token={token} />, place);
  startWorker();
  await loadSession();
}

void start();
