interface Config {
  base: string;
  widget: string;
}

// The server replaces this name by one JSON object.
declare const __CHATHAM_CONFIG__: Config;

const config = __CHATHAM_CONFIG__;
const launcher = document.createElement("button");
launcher.textContent = "Chat";
launcher.addEventListener("click", () => {
  void import(/* @vite-ignore */ config.base + config.widget);
});
document.body.append(launcher);
