import type { Mode, Scope } from '../../domain/tenant';
import type { Slot } from './admission';
import type { Operation } from './contract';
import type { Deadline } from './deadline';

/** The caller: a partner's key, or the platform's operator, who belongs to no tenant. */
export interface Caller {
  keyId: string | null;
  partnerId: string | null;
  tenantId: string | null;
  mode: Mode | null;
  scopes: readonly Scope[];
}

/** A request that passed every guard, as its handler gets it. */
export interface Call<Body = unknown, Query = unknown, Params = Record<string, string>> {
  operation: Operation;
  caller: Caller;
  /** The caller's tenant; `operator` for the platform's operator, who has none. */
  tenantId: string;
  params: Params;
  query: Query;
  body: Body;
  /** The bytes of the body; empty unless the operation takes a raw body. */
  rawBody: Buffer;
  /** Request headers; names are in lower case. */
  headers: Record<string, string | undefined>;
  correlationId: string;
  deadline: Deadline;
  /** The request's place among those in progress; to be released before a long wait. */
  slot: Slot;
  /** SHA-256 of method, path and body; only where the operation takes an Idempotency-Key. */
  fingerprint: string | null;
  /** Returns true once nobody waits for the response any more, or the process is about to end. */
  abandoned: () => boolean;
}

/** The bytes of a file, read while they are sent. An error in the middle breaks the connection. */
export class ByteStream {
  constructor(
    readonly bytes: AsyncIterable<Uint8Array>,
    /** Called with the error that broke the connection; not for a caller who left. */
    readonly onError: (error: unknown) => void,
  ) {}
}

/** A handler's response. A null `body` sends none; a string is sent as an HTML page, a stream as it is read. */
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
    /** By `performance.now()`. */
    startedAtMs: number;
    deadline: Deadline;
    /** Undefined until the request was admitted. */
    slot?: Slot;
    caller?: Caller;
    /** The parsed JSON body, with the contract's defaults after validation; undefined without a body. */
    json?: unknown;
    /** The bytes of the body, for an operation that takes a raw body. */
    rawBody?: Buffer;
  }
}
