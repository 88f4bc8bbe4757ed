import { pipeline, Readable } from 'node:stream';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { HttpLogger } from '../pipeline/observe';
import type { OperationId } from '../pipeline/contract';
import type { Handler } from '../handler';
import { replyConditionally } from './etag';
import { fingerprintOf } from './idempotency';
import { DomainError } from '../../domain/domain-error';
import { problemOf, type Problem } from '../problems';
import { ByteStream, type Call, type Caller, type Reply } from '../pipeline/request-context';
import type { UnreadResponses } from '../pipeline/rate-limits/unread-responses';
import type { Validate } from '../pipeline/input/validate';

export interface ProblemResponder {
  /** Sends the problem that an error stands for, unless the request already has a response. */
  fail: (request: Request, response: Response, error: unknown) => void;
  errorHandler: ErrorRequestHandler;
}

/** Returns the page that shows a problem to a person. */
export type ShowProblem = (input: { request: Request; problem: Problem }) => Reply;

export interface ProblemResponderInput {
  logger: HttpLogger;
  showProblem: ShowProblem;
  /** Returns true for a path that serves pages to people. */
  isForPeople: (path: string) => boolean;
}

/** Returns the functions that turn an error into a response: a problem for programs, a page for people. */
export function createProblemResponder({ logger, showProblem, isForPeople }: ProblemResponderInput): ProblemResponder {
  const fail: ProblemResponder['fail'] = (request, response, error) => {
    request.slot?.release();
    const problem = problemOf({ error: undecodable(error) ?? error, correlationId: request.correlationId });
    if (problem.unexpected)
      logger.error(
        { err: error, correlationId: request.correlationId, operationId: request.operation?.id },
        'Unexpected error in a request',
      );
    if (response.headersSent) return;
    if (request.operation?.servesPages ?? isForPeople(request.path)) {
      send(response, showProblem({ request, problem }));
      return;
    }
    send(response, {
      status: problem.status,
      headers: { ...problem.headers, 'Content-Type': 'application/problem+json' },
      body: problem.body,
    });
  };
  // Express knows an error handler by its four parameters.
  return { fail, errorHandler: (error: unknown, request, response, _next) => fail(request, response, error) };
}

/** Returns 404 for a path that cannot be decoded, since it names no resource. */
function undecodable(error: unknown): DomainError | null {
  return error instanceof URIError ? new DomainError('NOT_FOUND', 'There is no resource at this address.') : null;
}

/** Validates the request, calls the handler, and sends its reply unless the deadline passed meanwhile. */
export function respond(input: RespondInput): RequestHandler {
  const { validate, requirePreconditions, handler, isDraining, unread } = input;
  return async (request, response) => {
    const call = callOf({ request, response, validate, isDraining });
    const { operation } = call;
    call.deadline.throwIfPassed();
    const isRead = operation.method === 'get';
    // Under an Idempotency-Key preconditions are checked only once it is known that no response was kept. Public
    // operations have no tags.
    if (!isRead && operation.idempotency === null && operation.scopes !== null) await requirePreconditions(call);
    const reply = await handler(call as never);
    call.slot.release();
    if (response.headersSent) return;
    // A change that was made is reported to whoever made it.
    if (isRead) send(response, replyConditionally({ call, reply }), unread);
    else send(response, reply);
  };
}

export interface RespondInput {
  validate: Validate;
  /** @throws DomainError VERSION_MISMATCH */
  requirePreconditions: (call: Call) => Promise<void>;
  handler: Handler<OperationId>;
  isDraining: () => boolean;
  unread: UnreadResponses;
}

const NO_BYTES = Buffer.alloc(0);
const noSlot: Call['slot'] = { release: () => undefined };
const nobody: Caller = { keyId: null, partnerId: null, tenantId: null, mode: null, scopes: [] };

interface CallOfInput {
  request: Request;
  response: Response;
  validate: Validate;
  isDraining: () => boolean;
}

function callOf({ request, response, validate, isDraining }: CallOfInput): Call {
  const operation = request.operation as Call['operation'];
  // Computed before validation fills the contract's defaults into the body: a changed default must not turn a repeat
  // into a different request.
  const fingerprint =
    operation.idempotency && fingerprintOf({ method: request.method, path: request.path, json: request.json });
  const caller = request.caller ?? nobody;
  return {
    operation,
    caller,
    tenantId: caller.tenantId ?? 'operator',
    ...validate(request),
    rawBody: request.rawBody ?? NO_BYTES,
    headers: headersOf(request),
    correlationId: request.correlationId,
    deadline: request.deadline,
    slot: request.slot ?? noSlot,
    fingerprint,
    abandoned: () => response.destroyed || isDraining(),
  };
}

/** Returns the headers of a request. A range is defined for GET alone (RFC 9110 §14.2). */
const headersOf = ({ method, headers }: Request): Call['headers'] =>
  ({ ...headers, ...(method === 'HEAD' ? { range: undefined } : {}) }) as Call['headers'];

/**
 * Sends a reply: a string as an HTML page, anything else as JSON.
 * @throws DomainError as `UnreadResponses`
 */
export function send(response: Response, { status, headers = {}, body }: Reply, unread?: UnreadResponses): void {
  const text = body === null || typeof body === 'string' || body instanceof ByteStream ? body : JSON.stringify(body);
  if (typeof text === 'string') unread?.hold(response.req, response, text);
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name] as string);
  if (body === null) {
    response.end();
  } else if (body instanceof ByteStream) {
    sendBytes(response, body);
  } else if (typeof body === 'string') {
    if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(body);
  } else {
    if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(text);
  }
}

/** Sends bytes as fast as the caller takes them. */
function sendBytes(response: Response, { bytes, onError }: ByteStream): void {
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  pipeline(Readable.from(bytes, { objectMode: false }), response, (error) => {
    if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') onError(error);
  });
}
