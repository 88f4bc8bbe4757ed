import { compareMoney, type Money } from '../../src/domain/money';
import type { GatewayStatus } from '../../src/domain/payments/gateway-outcome';
import type {
  AuthoriseResult,
  CaptureResult,
  RefundResult,
  VoidResult,
} from '../../src/clients/gateways/payment-gateway';
import type { RefundAnswer } from '../../src/contracts/payments/payment-activities';
import type { AmountDifference } from '../../src/services/payments/record-amount-difference';

/** Thrown for a result about another amount than was asked for: a difference for a person, not a fact to book. */
export class AmountDiffers extends Error {
  constructor(
    readonly difference: AmountDifference,
    /** The gateway's id of a hold of another amount, by which it can be voided. */
    readonly authorisationId: string | null = null,
  ) {
    super(`The gateway reports another amount for the ${difference.call} than was asked for`);
    this.name = 'AmountDiffers';
  }
}

/** Throws `AmountDiffers` unless the gateway reports exactly what was asked for. */
function requireAsked(difference: AmountDifference, authorisationId: string | null = null): void {
  const { asked, reported } = difference;
  if (asked.currency !== reported.currency || asked.amountMinor !== reported.amountMinor)
    throw new AmountDiffers(difference, authorisationId);
}

/**
 * Throws `AmountDiffers` unless a capture that somebody made at the gateway itself is a part of what was authorised, or
 * all of it.
 */
function requirePart({ call, asked, reported }: AmountDifference): void {
  const isPart = reported.currency === asked.currency && compareMoney(reported, asked) <= 0;
  if (!isPart || reported.amountMinor <= 0) throw new AmountDiffers({ call, asked, reported });
}

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

/** @throws AmountDiffers for a hold of another amount than `asked`. */
export function reportOfAuthorise(result: AuthoriseResult, asked: Money): GatewayReport {
  if (result.status === 'declined') return { status: 'declined', reason: result.reason };
  const { status, authorisationId } = result;
  if (status === 'authorised') requireAsked({ call: 'authorise', asked, reported: result.amount }, authorisationId);
  return {
    status,
    reason: null,
    authorisationId,
    ...(result.status === 'requires_action' ? { actionUrl: result.url } : {}),
  };
}

export interface CaptureAsked {
  asked: Money;
  authorised: Money;
}

/**
 * @throws AmountDiffers for our own capture of another amount than `asked`, or for another capture of more than
 *   `authorised`
 */
export function reportOfCapture(result: CaptureResult, { asked, authorised }: CaptureAsked): GatewayReport {
  if (result.status === 'captured') {
    requireAsked({ call: 'capture', asked, reported: result.amount });
    return { status: 'captured', reason: null, capturedMinor: result.amount.amountMinor };
  }
  if (result.captured) requirePart({ call: 'capture', asked: authorised, reported: result.captured });
  const known = { already_captured: 'captured', already_voided: 'voided' } as const;
  return {
    status: known[result.reason as keyof typeof known] ?? 'failed',
    reason: result.reason,
    capturedMinor: result.captured?.amountMinor,
  };
}

/**
 * Throws `VoidRefused` for a refusal that says nothing about the hold: the hold must not be taken for released.
 * @throws AmountDiffers for a capture of more than was authorised
 */
export function reportOfVoid(result: VoidResult, authorised: Money): GatewayReport {
  if (result.status === 'voided') return { status: 'voided', reason: null };
  const known = { already_captured: 'captured', already_voided: 'voided', not_authorised: 'declined' } as const;
  const status = known[result.reason as keyof typeof known];
  if (!status)
    throw Object.assign(new Error(`The gateway refused the void (${result.reason})`), { name: 'VoidRefused' });
  if (result.captured) requirePart({ call: 'capture', asked: authorised, reported: result.captured });
  return { status, reason: result.reason, capturedMinor: result.captured?.amountMinor };
}

/** @throws AmountDiffers for a refund of another amount than `asked`. */
export function reportOfRefund(result: RefundResult, asked: Money): RefundAnswer {
  if (result.status === 'rejected') return { status: 'failed', reason: result.reason };
  requireAsked({ call: 'refund', asked, reported: result.amount });
  return { status: result.status === 'refunded' ? 'succeeded' : 'pending', reason: null };
}

/** True for a gateway client's error of this name. Errors are compared by name because activities import no client. */
export const isGatewayError = (
  error: unknown,
  name: 'GatewayOutcomeUnknown' | 'GatewayUnavailable' | 'GatewayRequestRefused' | 'VoidRefused' | 'AmountDiffers',
): boolean => error instanceof Error && error.name === name;

/** The code of a request that the gateway rejected as invalid. */
export const REQUEST_REFUSED = 'gateway_request_refused';
