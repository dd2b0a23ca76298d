// The widget from its first opening on. What a conversation needs (`talk/room`) is fetched when the
// visitor writes the first word, or at once where one is under way.
import type { Bridge, Saved } from "@chatham/ui/bridge";
import { createTranslate, type Translate } from "@chatham/ui/i18n";
import { createApi, Problem } from "./api";
import { createAttention } from "./attention";
import type { SiteConfig } from "./contract";
import type { Key, State } from "./core";
import { attempt, type Core, type Draft, EMPTY, findCurrent, getPolicyVersion } from "./core";
import { createMemory } from "./memory";
import type { Room } from "./talk/room";

export interface Widget extends Core {
  /** What a conversation needs, once it is here. */
  readonly getRoom: () => Room | undefined;
  readonly loadRoom: () => Promise<Room>;
  readonly open: () => void;
  /** Opens as it was on the page before: the focus stays where it is. */
  readonly restore: () => void;
  /** Whether the visitor asked for the panel, so that the composer may take the focus. */
  readonly wantsFocus: () => boolean;
  readonly close: () => void;
  readonly show: (view: State["view"]) => void;
  readonly loadConfig: () => Promise<void>;
  /** Whether the message is on its way; otherwise its text must not be lost. */
  readonly send: (draft: Omit<Draft, "conversation">) => Promise<boolean>;
  readonly startNew: () => void;
  readonly toggleMute: () => void;
  readonly remember: (isRemembered: boolean) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly destroy: () => void;
}

/** What tabs of one origin say to each other beside the stream. */
type Word = Saved & { readonly ask?: boolean; readonly forget?: boolean };

/** Makes the widget; `onChange` is called once after a burst of changes. */
export function createWidget(
  bridge: Bridge,
  words: Parameters<typeof createTranslate<Key>>[0],
  onChange: () => void,
): Widget {
  const { locale, channel, config } = bridge;
  const memory = createMemory(bridge.key, bridge.token);
  const t: Translate<Key> = createTranslate(words, locale);
  let isDue = false;
  let isWanted = false;
  let isGone = false;
  let configWanted: Promise<void> | undefined;
  let room: Room | undefined;
  let roomWanted: Promise<Room> | undefined;

  const core: Core = {
    state: {
      ...EMPTY,
      isMuted: memory.get().muted === true,
      isRemembered: memory.isRemembered(),
    },
    set(change) {
      Object.assign(core.state, change);
      if (isDue || isGone) return;
      isDue = true;
      queueMicrotask(() => {
        isDue = false;
        if (!isGone) onChange();
      });
    },
    api: createApi(config.base, () => memory.get().token),
    memory,
    attention: createAttention(),
    bridge,
    // Dates and digits as the visitor's own region writes them.
    locale: navigator.languages.find((it) => it.split("-")[0] === locale) ?? locale,
    t,
  };

  function loadConfig(): Promise<void> {
    configWanted ??= core.api
      .get<SiteConfig>(`/${config.site}/config?locale=${locale}`)
      .then((it) => core.set({ config: it, configProblem: null }))
      .catch((error: unknown) => {
        configWanted = undefined;
        core.set({ configProblem: error instanceof Problem ? error.code : "other" });
      });
    return configWanted;
  }

  function loadRoom(): Promise<Room> {
    roomWanted ??= import("./talk/room").then(
      (it) => {
        room = it.createRoom(core, loadConfig);
        core.set({});
        return room;
      },
      (error: unknown) => {
        roomWanted = undefined;
        throw error;
      },
    );
    return roomWanted;
  }

  async function resume(): Promise<void> {
    await loadConfig();
    const { talk, sending } = await loadRoom();
    sending.resume();
    talk.connect();
  }

  function open(): void {
    if (core.state.isOpen) return;
    core.set({ isOpen: true });
    memory.set({ open: true });
    void loadConfig();
    room?.talk.look();
    bridge.emit("open");
  }
  function onVisible(): void {
    room?.talk.look();
  }
  document.addEventListener("visibilitychange", onVisible);

  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    const { token, policy } = memory.get();
    if (data.ask && token) channel.postMessage(policy ? { token, policy } : { token });
    if (data.forget && token) room?.talk.forget(false);
    if (!data.token || !data.policy || (token && token !== data.token)) return;
    memory.set({ token: data.token, policy: policy ?? data.policy });
    resume().catch(() => undefined);
  };
  if (bridge.token && !memory.get().policy) channel.postMessage({ ask: true });
  if (memory.get().token) resume().catch(() => undefined);

  return {
    ...core,
    getRoom: () => room,
    loadRoom,
    open() {
      isWanted = true;
      open();
    },
    restore: open,
    wantsFocus: () => isWanted,
    close() {
      core.set({ isOpen: false, notice: "" });
      memory.set({ open: false });
      bridge.emit("close");
    },
    show: (view) => core.set({ view, notice: "" }),
    loadConfig,
    async send(draft) {
      // Whoever is new says their age first, where the policy asks; the message waits for it.
      if (core.state.config?.age_gate && !core.state.age && !memory.get().token) {
        core.set({ isAgeAsked: true, ageDraft: draft });
        return true;
      }
      try {
        (await loadRoom()).sending.send(draft);
        return true;
      } catch {
        core.set({ notice: t("error.offline") });
        return false;
      }
    },
    startNew: () => room?.sending.startNew(),
    toggleMute() {
      const isMuted = !core.state.isMuted;
      memory.set({ muted: isMuted });
      core.set({ isMuted });
    },
    async remember(isRemembered) {
      const policy_version = getPolicyVersion(core);
      const wish = { remember: isRemembered, policy_version };
      if (!(await attempt(core, () => core.api.post("/me/remember", wish)))) return;
      memory.setRemembered(isRemembered);
      core.set({ isRemembered, isRememberAnswered: true });
    },
    async end() {
      const conversation = findCurrent(core.state);
      if (!conversation) return;
      const path = `/conversations/${conversation.id}/end`;
      if (!(await attempt(core, () => core.api.post(path, {})))) return;
      room?.talk.addConversation({ ...conversation, state: "resolved" });
      bridge.emit("end", { conversation_id: conversation.id });
    },
    destroy() {
      isGone = true;
      document.removeEventListener("visibilitychange", onVisible);
      room?.sending.clear();
      room?.talk.close();
      memory.forget();
      channel.close();
      core.attention.setCount(0);
    },
  };
}
