import express, { type Application, type RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { readContractText } from '../assets';
import { createClock } from '../services/clock';
import { keepMethodReport } from '../services/subscriptions/keep-method-report';
import { docs } from './docs/docs';
import type { Handler } from './handler';
import { createHandlers, type HandlersInput } from './handlers';
import type { Limits } from './partners/me';
import { acceptsJson } from './pipeline/accepts-json';
import { createAdmission } from './pipeline/admission';
import { authenticate, authorise } from './pipeline/authenticate';
import { allowOtherOrigins, isForBrowsers } from './pipeline/browsers/other-origins';
import { closeWhileDraining } from './pipeline/close-while-draining';
import { loadContract, type Operation, type OperationId } from './pipeline/contract';
import { correlationId } from './pipeline/correlation-id';
import { countForgeries } from './pipeline/count-forgeries';
import { limitTime } from './pipeline/deadline';
import { inTurn } from './pipeline/routing/in-turn';
import { nameOperation } from './pipeline/routing/name-operation';
import { observe, type HttpLogger, type HttpMetrics } from './pipeline/observe';
import { createRateLimiters, type RateLimitInput } from './pipeline/rate-limits/rate-limits';
import { readBody, readRawBody } from './pipeline/input/read-body';
import { createRoutes } from './pipeline/routing/routes';
import { securityHeaders } from './pipeline/security-headers';
import { otherMethods, unknownPath } from './pipeline/routing/unmatched';
import { createUnreadResponses } from './pipeline/rate-limits/unread-responses';
import { createValidators } from './pipeline/input/validate';
import { rejectMismatch } from './reject-mismatch';
import { respond, createProblemResponder } from './replies/respond';
import { createIdempotency } from './replies/idempotency';
import { Turns } from './replies/turns';
import { createCursors } from './replies/cursors';
import { createListPage } from './replies/list';
import { requirePreconditions } from './replies/preconditions';
import { showProblemPage } from './users/verify-page';
import { pageStylesheet } from './pages/page';

/** The handlers' dependencies that the app creates itself. */
type CreatedByApp =
  | 'basePath'
  | 'clock'
  | 'cursors'
  | 'idempotency'
  | 'keepMethodReport'
  | 'listPage'
  | 'requireSchema'
  | 'turns';

export interface AppInput extends Omit<HandlersInput, CreatedByApp> {
  /** Counts requests (no offline queue); null switches rate limits off. */
  redis: Redis | null;
  redisPrefix: string;
  operatorKey: string;
  /** Signs verification links and cursors. */
  tokenSecret: string;
  limits: Limits & Omit<RateLimitInput, 'redis' | 'redisPrefix'>;
  logger: HttpLogger;
  metrics: HttpMetrics;
  /** Returns true while the process shuts down: it still responds, and asks callers to reconnect. */
  isDraining: () => boolean;
  requestDeadlineMs?: number;
  /** Maximum number of requests that one process works on at a time. */
  maxInFlight?: number;
  /** Proxies whose statement of the caller's address is trusted (Express's `trust proxy`). */
  trustProxy?: boolean | number | string;
}

/** The addresses in mails that lead to pages. */
const pagesForPeople = ['verify', 'report-unsubscribes'];

/** Far above the size of any event that a gateway sends. */
const MAX_WEBHOOK_BYTES = 524_288;

/**
 * Returns the API that openapi.yaml describes: every operation is registered from the contract, with the guards of
 * design §4.1 in their order.
 * @throws when an operation has no handler, or a handler has no operation.
 */
export function createApp(input: AppInput): Application {
  const { database, logger, metrics, isDraining, limits, requestDeadlineMs = 1800, maxInFlight = 1000 } = input;
  const contract = loadContract(readContractText());
  const { basePath } = contract;
  const { validatorOf, requireSchema } = createValidators(contract);
  const turns = new Turns();
  const cursors = createCursors({ secret: input.tokenSecret });
  const handlers = createHandlers({
    ...input,
    basePath,
    clock: createClock({ database }),
    idempotency: createIdempotency({ database, turns }),
    turns,
    requireSchema,
    keepMethodReport,
    cursors,
    listPage: createListPage({ cursors }),
  });
  rejectMismatch(contract, handlers);

  const { fail, errorHandler } = createProblemResponder({
    logger,
    showProblem: showProblemPage,
    isForPeople: (path) => pagesForPeople.some((folder) => path.startsWith(`${basePath}/${folder}/`)),
  });
  const limiters = createRateLimiters({ redis: input.redis, redisPrefix: input.redisPrefix, ...limits });
  const identify = authenticate({
    database,
    operatorKey: input.operatorKey,
    countFailure: limiters.failedAuthentication,
  });
  const admission = createAdmission({ maxInFlight });
  const unread = createUnreadResponses();
  metrics.addGauge({
    name: 'http_request_places',
    help: 'Requests that the process works on at a time, at most; fewer while many end too late',
    read: async () => [{ value: admission.places() }],
  });

  // Webhooks have no rate limit, because a gateway reports as often as it must; only failed signatures count.
  const guardsOf = (operation: Operation): RequestHandler[] => {
    if (operation.takesRawBody) return [readRawBody({ maxBodyBytes: MAX_WEBHOOK_BYTES }), admission.anonymous];
    if (operation.scopes === null) return [limiters.perAddress, admission.anonymous];
    const isOpen = isForBrowsers(operation);
    return [
      ...(isOpen ? [allowOtherOrigins] : []),
      // The caller has chosen a file's type by its address.
      ...(operation.servesFiles ? [] : [acceptsJson]),
      admission.byAddress,
      identify,
      // Before the scopes: refusals count too. A visitor's excess is not counted for the others.
      limiters.perVisitor,
      limiters.perTenant,
      authorise(operation),
      readBody({ operation, maxBodyBytes: limits.maxBodyBytes }),
      admission.byTenant,
    ];
  };

  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', false).set('trust proxy', input.trustProxy ?? false);
  app.use(
    inTurn([
      correlationId,
      observe({ logger, metrics }),
      securityHeaders,
      closeWhileDraining(isDraining),
      limitTime({ requestDeadlineMs, fail }),
    ]),
  );

  const routes = createRoutes(basePath);
  for (const operation of contract.operations) {
    const guards = [nameOperation(operation), ...guardsOf(operation)];
    const answer = respond({
      validate: validatorOf(operation),
      requirePreconditions: (call) => requirePreconditions({ database, call }),
      handler: handlers[operation.id] as Handler<OperationId>,
      isDraining,
      unread,
    });
    const router = routes.routerOf(operation.route);
    router[operation.method](
      operation.route,
      inTurn([...guards, answer]),
      countForgeries(limiters.failedAuthentication),
    );
  }
  for (const route of new Set(contract.operations.map(({ route }) => route)))
    routes.routerOf(route).all(route, otherMethods(contract, route));
  app.use(routes.dispatch, docs(contract));
  app.get('/assets/page.css', pageStylesheet);
  app.use(unknownPath, errorHandler);
  return app;
}
