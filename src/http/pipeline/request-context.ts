import type { Mode, Scope } from '../../domain/tenant';
import type { Operation } from './contract';
import type { Deadline } from './deadline';

/** Who is calling: a partner's key, or the platform's operator, who belongs to no tenant. */
export interface Caller {
  keyId: string | null;
  partnerId: string | null;
  tenantId: string | null;
  mode: Mode | null;
  scopes: readonly Scope[];
}

/** What a handler is told of a request that passed every guard. */
export interface Call<Body = unknown, Query = unknown, Params = Record<string, string>> {
  operation: Operation;
  caller: Caller;
  /** The caller's tenant; for the platform's operator, whose operations have none, `operator`. */
  tenantId: string;
  params: Params;
  query: Query;
  body: Body;
  /** The body as it was received; empty unless the operation takes it so. */
  rawBody: Buffer;
  /** Request headers, names in lower case. */
  headers: Record<string, string | undefined>;
  correlationId: string;
  deadline: Deadline;
  /** SHA-256 of method, path and body; only where the operation takes an Idempotency-Key. */
  fingerprint: string | null;
  /** Aborted when nobody waits for the answer any more, or the process is about to end. */
  abandoned: () => boolean;
}

/** What a handler answers. `body` null sends none; a text is sent as a page. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Undefined until a route of the contract has matched. */
    operation?: Operation;
    correlationId: string;
    deadline: Deadline;
    caller?: Caller;
    /** The parsed JSON body, with the contract's defaults once it was validated; undefined when there was none. */
    json?: unknown;
    /** The body as it was received, for an operation that takes it so. */
    rawBody?: Buffer;
  }
}
