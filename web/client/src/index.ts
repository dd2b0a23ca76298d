export type { SiteChange } from "./api";
export { api } from "./api";
export { ProblemError, setSignedOutHandler } from "./http";
export type * from "./types";
