// What the loader and the panel know of each other. The loader draws the launcher and fetches the
// panel; the panel tells the loader's listeners what happens.

/** The owner's choices for the look of a site's widget. */
export interface Look {
  /** Fill of the launcher and of one's own messages. */
  readonly accent: string;
  /** Text on the accent. */
  readonly accent_text: string;
  readonly position: "left" | "right";
  readonly theme: "auto" | "dark" | "light";
  /** Words on the launcher; empty for a circle with the icon alone. */
  readonly launcher: string;
}

/** What the server writes into the loader. */
export interface LoaderConfig {
  readonly site: string;
  /** Origin of the server, without a slash at the end. */
  base: string;
  /** Path of the panel's script. */
  readonly widget: string;
  readonly look: Look;
  /** `auto`, or the one language of this site. */
  readonly locale: string;
}

/** What happens in a widget, by the names under which a page can listen. */
export type WidgetEvent =
  | "ready"
  | "open"
  | "close"
  | "start"
  | "message"
  | "unread"
  | "availability"
  | "end"
  | "erase"
  | "destroy";

/** What this browser holds between two pages, under one key in one storage. */
export interface Saved {
  readonly token?: string;
  /** The panel was open when the page was left. */
  readonly open?: boolean;
  readonly muted?: boolean;
  /** The version of the policy under which the visitor last sent. */
  readonly policy?: number | string;
  /** The visitor was asked whether to be remembered, and said no. */
  readonly isAsked?: boolean;
  /** The visitor left an e-mail address: it is never asked for again. */
  readonly hasEmail?: boolean;
  /** Messages that no answer has come for. */
  readonly outbox?: readonly unknown[];
}

export interface Bridge {
  readonly config: LoaderConfig;
  readonly locale: string;
  readonly root: ShadowRoot;
  readonly launcher: HTMLButtonElement;
  /** Holds the count of unread messages on the launcher; hidden while empty. */
  readonly badge: HTMLElement;
  /** The storage key, and the name of the channel between the tabs. */
  readonly key: string;
  readonly channel: BroadcastChannel;
  /** A token that this browser holds, or that another tab gave. */
  readonly token: string | undefined;
  readonly emit: (event: WidgetEvent, detail?: unknown) => void;
}

/** What the panel offers to the loader. */
export interface Panel {
  readonly open: () => void;
  readonly close: () => void;
  readonly toggle: () => void;
  readonly destroy: () => void;
  /** Opens as on the page before, without taking the focus. */
  readonly restore: () => void;
}
