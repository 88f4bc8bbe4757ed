import type { Money } from '../../domain/money';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from './gateway-errors';
import type { GatewayCallName, GatewayOperation } from './gateway-errors';
import type {
  AuthoriseResult,
  CaptureResult,
  DeclineReason,
  LookUpResult,
  PaymentGateway,
  PaymentMethodResult,
  RefundResult,
  Rejected,
  VoidResult,
} from './payment-gateway';
import { callSimulator } from './sandbox-call';

export interface SandboxGatewayClientInput {
  /** Base URL of the simulator's operations, without a path. */
  url: string;
  /** The secret that the platform and the simulator share, `whsec_` and base64. */
  secret: string;
  /** Milliseconds for the whole call, including reading the response. Defaults to 10 s. */
  timeoutMs?: number;
}

interface OperationResult {
  id: string;
  authorisationId: string;
  operation: GatewayOperation;
  status: string;
  reason?: string;
  amount: Money;
  nextAction?: { url: string };
}

interface Request {
  call: GatewayCallName;
  method: 'GET' | 'POST';
  path: string;
  tenantId: string;
  idempotencyKey?: string;
  body?: object;
}

const GATEWAY_DECIDED = new Set([200, 201, 402, 409]);
/** Distinguishes these from any other 404, which would mean that another server responds at this address. */
const NOT_FOUND_CODES = new Set(['unknown_key', 'unknown_authorisation', 'unknown_payment_method']);
/** The request cannot have left this machine, or was never accepted by the simulator. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The simulator as a payment gateway, over HTTP; each tenant is an account of its own there. */
export function createSandboxGateway({ url, secret, timeoutMs = 10_000 }: SandboxGatewayClientInput): PaymentGateway {
  const exchange = createExchange({ url, secret, timeoutMs });

  const operate = async (
    call: GatewayOperation,
    path: string,
    input: { tenantId: string; idempotencyKey: string },
    body: object,
  ) => {
    const { tenantId, idempotencyKey } = input;
    const result = await exchange({ call, method: 'POST', path, tenantId, idempotencyKey, body });
    // Only reads have a "not found" result; for the others a missing authorisation is a wrong request.
    if (!result)
      throw new GatewayRequestRefused({ call, idempotencyKey, reason: 'the gateway does not know this authorisation' });
    return result as OperationResult;
  };

  return {
    async authorise(input) {
      const { amount, paymentMethod, customerId, purpose, reference, description, at } = input;
      return authoriseResult(
        await operate('authorise', '/v1/authorisations', input, {
          amount,
          paymentMethod,
          customerId,
          purpose,
          reference,
          description,
          at,
        }),
      );
    },
    async capture(input) {
      const { authorisationId, amount, at } = input;
      return captureResult(
        await operate('capture', `/v1/authorisations/${encodeURIComponent(authorisationId)}/capture`, input, {
          amount,
          at,
        }),
      );
    },
    async void(input) {
      const { authorisationId, at } = input;
      return voidResult(
        await operate('void', `/v1/authorisations/${encodeURIComponent(authorisationId)}/void`, input, { at }),
      );
    },
    async refund(input) {
      const { authorisationId, amount, reference, at } = input;
      return refundResult(await operate('refund', '/v1/refunds', input, { authorisationId, amount, reference, at }));
    },
    async lookUp({ tenantId, idempotencyKey }) {
      const path = `/v1/charges?key=${encodeURIComponent(idempotencyKey)}`;
      const result = await exchange({ call: 'lookUp', method: 'GET', path, tenantId, idempotencyKey });
      return result ? lookUpResult(result as OperationResult) : { status: 'not_found' };
    },
    async getPaymentMethod({ tenantId, paymentMethod, customerId, at }) {
      const query = new URLSearchParams({ at, ...(customerId && { customerId }) });
      const path = `/v1/payment-methods/${encodeURIComponent(paymentMethod)}?${query.toString()}`;
      const facts = await exchange({ call: 'getPaymentMethod', method: 'GET', path, tenantId });
      if (!facts) return { status: 'not_found' };
      const { brand, last4, expMonth, expYear, funding } = facts as Extract<PaymentMethodResult, { status: 'found' }>;
      return { status: 'found', brand, last4, expMonth, expYear, funding, savedFor: null };
    },
  };
}

/**
 * Makes one HTTP call. Resolves to the decision in the response's body, or undefined when the object is unknown; throws
 * the three errors of `PaymentGateway`.
 */
function createExchange({ url, secret, timeoutMs }: Required<SandboxGatewayClientInput>) {
  return async ({ call, method, path, tenantId, idempotencyKey, body }: Request): Promise<unknown> => {
    const undecided = (reason: string, cause?: unknown) =>
      method === 'POST'
        ? new GatewayOutcomeUnknown({
            call: call as GatewayOperation,
            idempotencyKey: idempotencyKey ?? '',
            reason,
            cause,
          })
        : new GatewayUnavailable({ call, idempotencyKey, reason, cause });

    let status: number;
    let content: { error?: { code: string; message: string; effect?: string } } | undefined;
    try {
      // A look-up names the key in its path: it has no effect that a key could keep from happening twice.
      const key = method === 'POST' ? { idempotencyKey } : {};
      const response = await callSimulator({ url, secret, method, path, tenantId, ...key, body, timeoutMs });
      status = response.status;
      content = (await response.json()) as typeof content;
    } catch (error) {
      const code = codeOf(error);
      if (NEVER_SENT.has(code)) throw new GatewayUnavailable({ call, idempotencyKey, reason: code, cause: error });
      throw undecided(
        code === 'TimeoutError' ? `no response within ${timeoutMs} ms` : `no usable response (${code})`,
        error,
      );
    }

    if (GATEWAY_DECIDED.has(status)) return content;
    const refusal = `${status} ${content?.error?.code ?? ''}`.trim();
    if (NOT_FOUND_CODES.has(content?.error?.code ?? '')) return undefined;
    if (content?.error?.effect !== 'none') throw undecided(refusal);
    // 401: the secrets of the two sides differ, or their clocks; the call is good once an operator has mended that.
    if (status === 401 || status === 429 || status === 503)
      throw new GatewayUnavailable({ call, idempotencyKey, reason: refusal });
    throw new GatewayRequestRefused({ call, idempotencyKey, reason: `${refusal} ${content.error.message}` });
  };
}

/** fetch hides the socket's error in `cause`, and for several addresses the list of errors. */
function codeOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: { code?: string; name?: string; errors?: { code?: string }[] } };
  return cause?.code ?? cause?.errors?.[0]?.code ?? cause?.name ?? name;
}

function authoriseResult({ status, authorisationId, amount, reason, nextAction }: OperationResult): AuthoriseResult {
  if (status === 'declined') return { status, authorisationId, reason: reason as DeclineReason };
  if (status === 'requires_action') return { status, authorisationId, url: nextAction?.url ?? '' };
  return { status: 'authorised', authorisationId, amount };
}

function captureResult({ id, status, reason, amount }: OperationResult): CaptureResult {
  return status === 'rejected' ? rejected(reason, amount) : { status: 'captured', captureId: id, amount };
}

function voidResult({ status, reason, amount }: OperationResult): VoidResult {
  return status === 'rejected' ? rejected(reason, amount) : { status: 'voided' };
}

function refundResult({ id, status, reason, amount }: OperationResult): RefundResult {
  return status === 'rejected' ? rejected(reason) : { status: 'refunded', refundId: id, amount };
}

function rejected(reason = 'other', captured?: Money): Rejected {
  return {
    status: 'rejected',
    reason: reason as Rejected['reason'],
    ...(reason === 'already_captured' && { captured }),
  };
}

function lookUpResult(result: OperationResult): LookUpResult {
  const status = 'found';
  const { operation } = result;
  if (operation === 'authorise') return { status, operation, result: authoriseResult(result) };
  if (operation === 'capture') return { status, operation, result: captureResult(result) };
  if (operation === 'void') return { status, operation, result: voidResult(result) };
  return { status, operation, result: refundResult(result) };
}
