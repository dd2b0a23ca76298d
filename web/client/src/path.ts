// The addresses that the server has, as types: a call of another one does not compile.
import type { Operations } from "./api.gen";

type Filled<Path extends string> = Path extends `${infer Head}{${string}}${infer Tail}`
  ? `${Head}${string}${Filled<Tail>}`
  : Path;

type Route = Filled<Operations[keyof Operations]["path"]>;

/** An address of the server, its parts filled in, with or without a query. */
export type ApiPath = Route | `${Route}?${string}`;
