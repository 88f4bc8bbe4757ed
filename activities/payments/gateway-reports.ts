import type { GatewayStatus } from '../../src/domain/payments/gateway-outcome';
import type {
  AuthoriseResult,
  CaptureResult,
  RefundResult,
  VoidResult,
} from '../../src/clients/gateways/payment-gateway';
import type { RefundAnswer } from '../../src/contracts/payments/payment-activities';

/** A gateway's result in the terms of `domain/gateway-outcome`. */
export interface GatewayReport {
  status: GatewayStatus;
  reason: string | null;
  authorisationId?: string;
  actionUrl?: string;
  /**
   * The captured amount where the gateway reports it. It takes precedence over the requested amount: somebody may have
   * captured less in the gateway's own dashboard.
   */
  capturedMinor?: number;
}

export function reportOfAuthorise(result: AuthoriseResult): GatewayReport {
  if (result.status === 'declined') return { status: 'declined', reason: result.reason };
  const { status, authorisationId } = result;
  return {
    status,
    reason: null,
    authorisationId,
    ...(result.status === 'requires_action' ? { actionUrl: result.url } : {}),
  };
}

export function reportOfCapture(result: CaptureResult): GatewayReport {
  if (result.status === 'captured')
    return { status: 'captured', reason: null, capturedMinor: result.amount.amountMinor };
  const known = { already_captured: 'captured', already_voided: 'voided' } as const;
  return {
    status: known[result.reason as keyof typeof known] ?? 'failed',
    reason: result.reason,
    capturedMinor: result.captured?.amountMinor,
  };
}

/** Throws `VoidRefused` for a refusal that says nothing about the hold: the hold must not be taken for released. */
export function reportOfVoid(result: VoidResult): GatewayReport {
  if (result.status === 'voided') return { status: 'voided', reason: null };
  const known = { already_captured: 'captured', already_voided: 'voided', not_authorised: 'declined' } as const;
  const status = known[result.reason as keyof typeof known];
  if (!status)
    throw Object.assign(new Error(`The gateway refused the void (${result.reason})`), { name: 'VoidRefused' });
  return { status, reason: result.reason, capturedMinor: result.captured?.amountMinor };
}

export function reportOfRefund(result: RefundResult): RefundAnswer {
  if (result.status === 'rejected') return { status: 'failed', reason: result.reason };
  return { status: result.status === 'refunded' ? 'succeeded' : 'pending', reason: null };
}

/** True for a gateway client's error of this name. Errors are compared by name because activities import no client. */
export const isGatewayError = (
  error: unknown,
  name: 'GatewayOutcomeUnknown' | 'GatewayUnavailable' | 'GatewayRequestRefused' | 'VoidRefused',
): boolean => error instanceof Error && error.name === name;

/** The code of a request that the gateway rejected as invalid. */
export const REQUEST_REFUSED = 'gateway_request_refused';
