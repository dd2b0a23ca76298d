export type { SiteChange } from "./api";
export { api, disclosureCopyUrl, evidenceUrl } from "./api";
export { create, ProblemError, setSignedOutHandler } from "./http";
export type * from "./types";
