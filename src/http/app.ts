import express, { type Application, type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { readContractText } from '../assets';
import { DomainError } from '../domain/domain-error';
import { createClock } from '../services/clock';
import type { Database } from '../models/database';
import type { SendOnboardingCommand } from '../temporal/commands/users/onboarding-commands';
import type { SendPaymentCommand } from '../temporal/commands/payments/payment-commands';
import type { SendSubscriptionCommand } from '../temporal/commands/subscriptions/subscription-commands';
import type { WorkflowStarter } from '../temporal/workflow-starter';
import { acceptsJson } from './pipeline/accepts-json';
import { answer, createAnswering } from './replies/answer';
import { apiKeyHandlers } from './partners/api-keys';
import { authenticate, authorise } from './pipeline/authenticate';
import { loadContract, type Contract, type Operation, type OperationId } from './pipeline/contract';
import { compensationHandlers, type CompensationOperations } from './operator/compensations';
import { correlationId } from './pipeline/correlation-id';
import { limitTime } from './pipeline/deadline';
import { docs } from './docs';
import { gatewayWebhookHandlers, type GatewayWebhooks } from './payments/gateway-webhooks';
import type { Handler, Handlers } from './handler';
import { createIdempotency } from './replies/idempotency';
import { invoiceHandlers } from './subscriptions/invoices';
import { ledgerHandlers } from './payments/ledger';
import { createListPage } from './replies/list';
import { meHandlers, type Limits } from './partners/me';
import { observe, type HttpLogger, type HttpMetrics } from './pipeline/observe';
import { onboardingCommandHandlers } from './users/onboarding-commands';
import { onboardingEventHandlers } from './users/onboarding-events';
import { onboardingHandlers } from './users/onboardings';
import { operationHandlers, type StuckOperations } from './operator/operations';
import { partnerHandlers } from './partners/partners';
import { paymentCommandHandlers } from './payments/payment-commands';
import { paymentHandlers } from './payments/payments';
import { planHandlers } from './subscriptions/plans';
import { requirePreconditions } from './replies/preconditions';
import { RequestProblem } from './problems';
import { createRateLimiters } from './pipeline/rate-limit';
import { readBody, readRawBody } from './pipeline/read-body';
import { refundHandlers } from './payments/refunds';
import type { HasGateway } from './payments/require-gateway';
import { sandboxClockHandlers, type SandboxClockHandlersInput } from './sandbox/sandbox-clock';
import { securityHeaders } from './pipeline/security-headers';
import { subscriptionCommandHandlers } from './subscriptions/subscription-commands';
import { subscriptionHandlers } from './subscriptions/subscriptions';
import { userHandlers } from './users/users';
import { createValidators } from './pipeline/validate';
import { showProblemPage, verifyPageHandlers } from './users/verify-page';
import { pageStylesheet } from './users/verify-page-html';

export interface AppInput {
  database: Database;
  /** Sends a committed row for Temporal in the background. */
  startSoon: WorkflowStarter['startSoon'];
  sendOnboardingCommand: SendOnboardingCommand;
  sendPaymentCommand: SendPaymentCommand;
  sendSubscriptionCommand: SendSubscriptionCommand;
  hasGateway: HasGateway;
  gatewayWebhooks: GatewayWebhooks;
  stuck: StuckOperations;
  compensations: CompensationOperations;
  requireTimeSkipping: SandboxClockHandlersInput['requireTimeSkipping'];
  resetSandbox: SandboxClockHandlersInput['resetSandbox'];
  /** Where requests are counted (short commandTimeout, no offline queue: see stack.md); null limits nothing. */
  redis: Redis | null;
  redisPrefix: string;
  operatorKey: string;
  /** Signs verification links and cursors. */
  tokenSecret: string;
  limits: Limits & { publicRequestsPerMinute?: number; failedAttemptsPerMinute?: number; patienceMs?: number };
  logger: HttpLogger;
  metrics: HttpMetrics;
  /** Whether the process is about to end: it still answers, and asks callers to connect anew. */
  isDraining: () => boolean;
  requestDeadlineMs?: number;
  /** How many requests one process works on at a time. */
  maxInFlight?: number;
  /** Which proxies to believe about the caller's address (Express's `trust proxy`). */
  trustProxy?: boolean | number | string;
}

/** Far above any event a gateway sends. */
const MAX_WEBHOOK_BYTES = 524_288;

/**
 * The API, as openapi.yaml says: every operation is registered from there, with the guards of design §4.1 in their
 * order.
 * @throws when an operation has no handler, or a handler no operation.
 */
export function createApp(input: AppInput): Application {
  const { database, logger, metrics, isDraining, limits, requestDeadlineMs = 1800, maxInFlight = 1000 } = input;
  const contract = loadContract(readContractText());
  const handlers = createHandlers(input, contract);
  rejectMismatch(contract, handlers);

  const { fail, errorHandler } = createAnswering({
    logger,
    showProblem: showProblemPage,
    isForPeople: (path) => path.startsWith(`${contract.basePath}/verify/`),
  });
  const limiters = createRateLimiters({ redis: input.redis, redisPrefix: input.redisPrefix, ...limits });
  const identify = authenticate({
    database,
    operatorKey: input.operatorKey,
    countFailure: limiters.failedAuthentication,
  });
  const validatorOf = createValidators(contract);

  // A gateway reports as often as it has something to say; only failed signatures count.
  const guardsOf = (operation: Operation): RequestHandler[] => {
    if (operation.takesRawBody) return [readRawBody({ maxBodyBytes: MAX_WEBHOOK_BYTES })];
    if (operation.scopes === null) return [limiters.perAddress];
    return [
      acceptsJson,
      identify,
      authorise(operation),
      limiters.perTenant,
      readBody({ operation, maxBodyBytes: limits.maxBodyBytes }),
    ];
  };

  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.set('query parser', false).set('trust proxy', input.trustProxy ?? false);
  app.use(
    correlationId,
    observe({ logger, metrics }),
    securityHeaders,
    closeWhileDraining(isDraining),
    limitTime({ requestDeadlineMs, maxInFlight, fail }),
  );

  for (const operation of contract.operations) {
    const handler = handlers[operation.id] as Handler<OperationId>;
    app[operation.method](
      operation.route,
      name(operation),
      ...guardsOf(operation),
      answer({
        validate: validatorOf(operation),
        requirePreconditions: (call) => requirePreconditions({ database, call }),
        handler,
        isDraining,
      }),
      countForgeries(limiters.failedAuthentication),
    );
  }
  for (const route of new Set(contract.operations.map(({ route }) => route)))
    app.all(route, otherMethods(contract, route));
  app.use(docs(contract));
  app.get('/assets/page.css', pageStylesheet);
  app.use(unknownPath, errorHandler);
  return app;
}

function createHandlers(input: AppInput, { basePath }: Contract): Handlers {
  const { database, limits } = input;
  const shared = {
    ...input,
    basePath,
    clock: createClock({ database }),
    idempotency: createIdempotency(database),
    listPage: createListPage({ secret: input.tokenSecret }),
  };
  return {
    ...partnerHandlers(shared),
    ...apiKeyHandlers(shared),
    ...meHandlers({ database, limits }),
    ...userHandlers(shared),
    ...onboardingHandlers(shared),
    ...onboardingCommandHandlers(shared),
    ...onboardingEventHandlers(shared),
    ...verifyPageHandlers(shared),
    ...operationHandlers(shared),
    ...paymentHandlers(shared),
    ...paymentCommandHandlers(shared),
    ...refundHandlers(shared),
    ...planHandlers(shared),
    ...subscriptionHandlers(shared),
    ...subscriptionCommandHandlers(shared),
    ...invoiceHandlers(shared),
    ...ledgerHandlers(shared),
    ...compensationHandlers(shared),
    ...sandboxClockHandlers(shared),
    ...gatewayWebhookHandlers(shared),
  };
}

/** @throws when contract and handlers do not name the same operations. */
export function rejectMismatch({ operations }: Pick<Contract, 'operations'>, handlers: Partial<Handlers>): void {
  const ids = new Set<string>(operations.map(({ id }) => id));
  const unanswered = [...ids].filter((id) => !(id in handlers));
  const unknown = Object.keys(handlers).filter((id) => !ids.has(id));
  if (unanswered.length + unknown.length === 0) return;
  throw new Error(
    `openapi.yaml and the handlers differ: without a handler [${unanswered.join(', ')}], without an operation [${unknown.join(', ')}]`,
  );
}

const name =
  (operation: Operation): RequestHandler =>
  (request, _response, next) => {
    request.operation = operation;
    next();
  };

/**
 * Counts a webhook with a wrong signature as a failed attempt of its sender's address. Express knows an error handler
 * by its four parameters.
 */
const countForgeries =
  (count: RequestHandler): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (!(error instanceof DomainError) || error.code !== 'WEBHOOK_SIGNATURE_INVALID') {
      next(error);
      return;
    }
    void count(request, response, (tooMany?: unknown) => next(tooMany ?? error));
  };

/** While draining, callers are asked to connect anew: their next request then meets a process that stays. */
const closeWhileDraining =
  (isDraining: () => boolean): RequestHandler =>
  (_request, response, next) => {
    if (isDraining()) response.setHeader('Connection', 'close');
    next();
  };

/**
 * Any other method of a known path: 405, or for OPTIONS just what there is. There is no CORS: keys do not belong in
 * browsers of other origins.
 */
function otherMethods({ operations }: Contract, route: string): RequestHandler {
  const methods = operations.filter((operation) => operation.route === route).map(({ method }) => method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method !== 'OPTIONS')
      throw new RequestProblem('METHOD_NOT_ALLOWED', `${request.method} is not available here; there is ${allow}.`, {
        headers: { Allow: allow },
      });
    response.setHeader('Allow', allow);
    response.status(204).end();
  };
}

const unknownPath: RequestHandler = () => {
  throw new DomainError(
    'NOT_FOUND',
    'There is nothing at this address. What there is stands in /openapi.yaml and /docs.',
  );
};
