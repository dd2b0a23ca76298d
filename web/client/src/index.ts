export type { SiteChange } from "./api";
export { api, evidenceUrl } from "./api";
export { create, ProblemError, setSignedOutHandler } from "./http";
export type * from "./types";
