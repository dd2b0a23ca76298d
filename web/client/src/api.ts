// Every command of the console, by the name of what it does.

import { call, create } from "./http";
import type * as T from "./types";

const base = "/api/console";

type Query = Record<string, string | number | null | undefined>;

function query(values: Query): "" | `?${string}` {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") {
      search.set(name, String(value));
    }
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

const session = {
  get: () => call<T.Session>("GET", `${base}/session`),
  signIn: (body: { email: string; password: string; totp?: string; recovery_code?: string }) =>
    call<unknown>("POST", `${base}/session`, body),
  signOut: () => call<void>("DELETE", `${base}/session`),
  setup: (body: { token: string; name: string; email: string; password: string }) =>
    call<unknown>("POST", `${base}/setup`, body),
  accept: (body: { token: string; name: string; password: string }) =>
    call<unknown>("POST", `${base}/invitations/accept`, body),
  forgot: (email: string) => call<void>("POST", `${base}/password/forgot`, { email }),
  reset: (token: string, password: string) =>
    call<void>("POST", `${base}/password/reset`, { token, password }),
  list: () => call<{ sessions: T.SessionRow[] }>("GET", `${base}/sessions`),
  end: (id: string) => call<void>("DELETE", `${base}/sessions/${id}`),
  endOthers: () => call<void>("DELETE", `${base}/sessions`),
};

const me = {
  rename: (name: string) => call<void>("PUT", `${base}/me`, { name }),
  setAvailability: (availability: T.Availability) =>
    call<void>("PUT", `${base}/me/availability`, { availability }),
  changePassword: (current: string, next: string) =>
    call<void>("PUT", `${base}/password`, { current, new: next }),
  startTotp: (password: string) => call<T.TotpStart>("POST", `${base}/totp`, { password }),
  confirmTotp: (code: string) =>
    call<{ recovery_codes: string[] }>("PUT", `${base}/totp`, { code }),
  removeTotp: (password: string) => call<void>("DELETE", `${base}/totp`, { password }),
};

const agents = {
  list: () => call<{ agents: T.Agent[] }>("GET", `${base}/agents`),
  update: (id: string, body: { role?: T.Role; state?: "active" | "disabled" }) =>
    call<unknown>("PATCH", `${base}/agents/${id}`, body),
  invite: (body: { email: string; name?: string; role: T.Role }) =>
    create<unknown>(`${base}/invitations`, body),
  resend: (id: string) => call<void>("POST", `${base}/invitations/${id}/resend`, {}),
  withdraw: (id: string) => call<void>("DELETE", `${base}/invitations/${id}`),
};

type OneConversation = { conversation: T.Conversation };
const conversationPath = (id: string) => `${base}/conversations/${id}` as const;

const conversations = {
  list: (view: T.InboxView, state: T.ConversationState, cursor?: string | null, limit = 50) =>
    call<T.ConversationPage>(
      "GET",
      `${base}/conversations${query({ view, state, cursor, limit })}`,
    ),
  get: (id: string) => call<OneConversation>("GET", conversationPath(id)),
  messages: (id: string, beforeSeq?: number, limit = 50) =>
    call<T.MessagePage>(
      "GET",
      `${conversationPath(id)}/messages${query({ before_seq: beforeSeq, limit })}`,
    ),
  write: (
    id: string,
    body: { client_msg_id: string; kind: "message" | "note"; body: string; seen_seq?: number },
  ) => call<{ message: T.Message }>("POST", `${conversationPath(id)}/messages`, body),
  read: (id: string, seq: number) => call<void>("POST", `${conversationPath(id)}/read`, { seq }),
  unread: (id: string) => call<void>("POST", `${conversationPath(id)}/unread`),
  delivered: (id: string, seq: number) =>
    call<void>("POST", `${conversationPath(id)}/delivered`, { seq }),
  typing: (id: string) => call<void>("POST", `${conversationPath(id)}/typing`, {}),
  assign: (id: string, assigneeId: string | null) =>
    call<OneConversation>("POST", `${conversationPath(id)}/assign`, { assignee_id: assigneeId }),
  snooze: (id: string, until: T.Micros) =>
    call<OneConversation>("POST", `${conversationPath(id)}/snooze`, { until }),
  resolve: (id: string) => call<OneConversation>("POST", `${conversationPath(id)}/resolve`, {}),
  reopen: (id: string) => call<OneConversation>("POST", `${conversationPath(id)}/reopen`, {}),
};

const personPath = (id: string) => `${base}/people/${id}` as const;

const people = {
  get: (id: string) => call<T.Person>("GET", personPath(id)),
  reveal: (id: string, field: string, purpose: string) =>
    call<{ field: string; value: string }>("POST", `${personPath(id)}/reveal`, { field, purpose }),
  block: (id: string) => call<unknown>("POST", `${personPath(id)}/block`, {}),
  unblock: (id: string) => call<unknown>("POST", `${personPath(id)}/unblock`, {}),
  markChild: (id: string) => call<void>("POST", `${personPath(id)}/child`, {}),
  erase: (id: string) => call<{ receipt: T.Receipt }>("POST", `${personPath(id)}/erase`, {}),
};

const children = {
  list: () => call<{ children: T.Child[] }>("GET", `${base}/children`),
  lift: (id: string, reason: string) =>
    call<void>("POST", `${base}/children/${id}/lift`, { reason }),
  askParent: (id: string, email: string) =>
    call<void>("POST", `${base}/children/${id}/parent`, { email }),
};

const incidentPath = (id: string) => `${base}/incidents/${id}` as const;

const disclosurePath = (id: string) => `${base}/disclosures/${id}` as const;

const desk = {
  disclosures: () => call<{ disclosures: T.Disclosure[] }>("GET", `${base}/disclosures`),
  disclosure: (id: string) => call<T.Disclosure>("GET", disclosurePath(id)),
  askDisclosure: (body: T.DisclosureBody) => create<{ ids: string[] }>(`${base}/disclosures`, body),
  disclosureStep: (id: string, step: T.DisclosureStep) =>
    call<void>("POST", `${disclosurePath(id)}/${step}`, {}),
  holds: () => call<{ holds: T.Hold[] }>("GET", `${base}/holds`),
  releaseHold: (id: string) => call<{ erased: boolean }>("POST", `${base}/holds/${id}/release`, {}),
  readings: (person: string, cursor?: string) =>
    call<T.ReadingPage>("GET", `${base}/readings${query({ person_id: person, cursor })}`),
  purges: () => call<T.PurgeRuns>("GET", `${base}/purge-runs`),
  choices: (cursor?: string) => call<T.ConsentPage>("GET", `${base}/consents${query({ cursor })}`),
  drill: () => call<T.DrillRun>("POST", `${base}/drill`, {}),
  incidents: () => call<{ incidents: T.Incident[] }>("GET", `${base}/incidents`),
  openIncident: (body: T.IncidentBody) => create<T.Incident>(`${base}/incidents`, body),
  affected: (id: string, cursor?: string) =>
    call<T.AffectedPage>("GET", `${incidentPath(id)}/people${query({ cursor })}`),
  reportIncident: (id: string) => call<T.Incident>("POST", `${incidentPath(id)}/report`, {}),
  tellPeople: (id: string, words: string) =>
    call<T.Incident>("POST", `${incidentPath(id)}/tell`, { words }),
  closeIncident: (id: string) => call<T.Incident>("POST", `${incidentPath(id)}/close`, {}),
};

/** Where the sealed copy of a release is, which the browser saves. */
export function disclosureCopyUrl(id: string): string {
  return `${disclosurePath(id)}/copy`;
}

/** Where the signed evidence of a period is, which the browser saves; the times in microseconds. */
export function evidenceUrl(from?: number, to?: number): string {
  return `${base}/evidence${query({ from: from?.toString(), to: to?.toString() })}`;
}

const requestPath = (id: string) => `${base}/requests/${id}` as const;

const requests = {
  list: (state: T.RequestState, kind: T.RequestKind | "", cursor?: string) =>
    call<T.RequestPage>("GET", `${base}/requests${query({ state, kind, cursor })}`),
  enter: (body: T.RequestBody) => call<unknown>("POST", `${base}/requests`, body),
  verify: (id: string, proof: T.RequestProof) =>
    call<T.Request>("POST", `${requestPath(id)}/verify`, { proof }),
  extend: (id: string, reason: T.ExtensionReason) =>
    call<T.Request>("POST", `${requestPath(id)}/extend`, { reason }),
  execute: (id: string) => call<T.Request>("POST", `${requestPath(id)}/execute`, {}),
  handOver: (id: string) => call<{ url: string }>("POST", `${requestPath(id)}/hand-over`, {}),
};

type ReplyBody = { shortcut: string; title: string; body: string };

const replies = {
  list: () => call<{ canned_replies: T.CannedReply[] }>("GET", `${base}/canned-replies`),
  create: (body: ReplyBody) => create<unknown>(`${base}/canned-replies`, body),
  update: (id: string, body: Partial<ReplyBody>) =>
    call<unknown>("PATCH", `${base}/canned-replies/${id}`, body),
  remove: (id: string) => call<void>("DELETE", `${base}/canned-replies/${id}`),
};

const webhookPath = (id: string) => `${base}/webhooks/${id}` as const;

const webhooks = {
  list: () => call<T.Webhooks>("GET", `${base}/webhooks`),
  create: (body: { url: string; events: string[] }) =>
    create<T.WebhookMade>(`${base}/webhooks`, body),
  update: (id: string, body: { events?: string[]; paused?: boolean }) =>
    call<T.Webhook>("PATCH", webhookPath(id), body),
  renew: (id: string) => call<T.WebhookMade>("POST", `${webhookPath(id)}/secret`, {}),
  remove: (id: string) => call<void>("DELETE", webhookPath(id)),
  deliveries: (id: string) =>
    call<{ deliveries: T.Delivery[] }>("GET", `${webhookPath(id)}/deliveries`),
  replay: (id: string, event: number) =>
    call<void>("POST", `${webhookPath(id)}/deliveries/${event}/replay`, {}),
};

export type SiteChange = Partial<
  Pick<
    T.Site,
    "name" | "origins" | "locale" | "greetings" | "offline_form" | "ask_name" | "ask_email"
  > & { look: T.LookChoice }
>;

const sites = {
  list: () => call<{ sites: T.Site[] }>("GET", `${base}/sites`),
  create: (body: { name: string; origins: string[] }) => create<unknown>(`${base}/sites`, body),
  update: (id: string, body: SiteChange) => call<unknown>("PATCH", `${base}/sites/${id}`, body),
  check: (id: string) => call<unknown>("POST", `${base}/sites/${id}/check`, {}),
};

const settings = {
  hours: () => call<T.WorkingHours>("GET", `${base}/working-hours`),
  saveHours: (body: T.WorkingHours) => call<unknown>("PUT", `${base}/working-hours`, body),
  policy: () => call<T.PolicyView>("GET", `${base}/policy`),
  checkPolicy: (text: string) => call<T.PolicyCheck>("POST", `${base}/policy/check`, { text }),
  simulatePolicy: (text: string) => call<T.Simulation>("POST", `${base}/policy/simulate`, { text }),
  publishPolicy: (text: string) => call<T.Published>("POST", `${base}/policy/publish`, { text }),
  renameWorkspace: (name: string) => call<unknown>("PATCH", `${base}/workspace`, { name }),
};

const search = (q: string, cursor?: string | null) =>
  call<T.SearchPage>("GET", `${base}/search${query({ q, cursor })}`);

export const api = {
  session,
  me,
  agents,
  conversations,
  people,
  children,
  desk,
  requests,
  replies,
  webhooks,
  sites,
  settings,
  search,
};
