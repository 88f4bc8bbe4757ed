import type { GatewayStatus } from '../../src/domain/payments/gateway-outcome';
import type {
  AuthoriseResult,
  CaptureResult,
  RefundResult,
  VoidResult,
} from '../../src/clients/gateways/payment-gateway';
import type { RefundAnswer } from '../../src/contracts/payments/payment-activities';

/** The gateway's answer in the words of `domain/gateway-outcome`. */
export interface Said {
  status: GatewayStatus;
  reason: string | null;
  authorisationId?: string;
  actionUrl?: string;
  /**
   * What was taken, where the gateway says so. It counts: somebody may have captured less than we asked for, past us.
   */
  capturedMinor?: number;
}

export function saidOfAuthorise(result: AuthoriseResult): Said {
  if (result.status === 'declined') return { status: 'declined', reason: result.reason };
  const { status, authorisationId } = result;
  return {
    status,
    reason: null,
    authorisationId,
    ...(result.status === 'requires_action' ? { actionUrl: result.url } : {}),
  };
}

export function saidOfCapture(result: CaptureResult): Said {
  if (result.status === 'captured')
    return { status: 'captured', reason: null, capturedMinor: result.amount.amountMinor };
  const known = { already_captured: 'captured', already_voided: 'voided' } as const;
  return {
    status: known[result.reason as keyof typeof known] ?? 'failed',
    reason: result.reason,
    capturedMinor: result.captured?.amountMinor,
  };
}

/** @throws VoidRefused for a refusal that says nothing about the hold: it must not be taken for given back. */
export function saidOfVoid(result: VoidResult): Said {
  if (result.status === 'voided') return { status: 'voided', reason: null };
  const known = { already_captured: 'captured', already_voided: 'voided', not_authorised: 'declined' } as const;
  const status = known[result.reason as keyof typeof known];
  if (!status)
    throw Object.assign(new Error(`The gateway refused the void (${result.reason})`), { name: 'VoidRefused' });
  return { status, reason: result.reason, capturedMinor: result.captured?.amountMinor };
}

export function saidOfRefund(result: RefundResult): RefundAnswer {
  if (result.status === 'rejected') return { status: 'failed', reason: result.reason };
  return { status: result.status === 'refunded' ? 'succeeded' : 'pending', reason: null };
}

/** The clients' errors cross by name: activities import no client. */
export const isGatewayError = (
  error: unknown,
  name: 'GatewayOutcomeUnknown' | 'GatewayUnavailable' | 'GatewayRequestRefused' | 'VoidRefused',
): boolean => error instanceof Error && error.name === name;

/** The code of a request that the gateway found wrong. */
export const REQUEST_REFUSED = 'gateway_request_refused';
