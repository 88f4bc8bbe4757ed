import type { Money } from '../../domain/money';
import type { GatewayOperation } from './gateway-errors';

/** What every call says. */
export interface GatewayCall {
  tenantId: string;
  /**
   * Made of the entity and the business attempt (`pay_1:capture:1`), never of the retry number: the gateway acts on it
   * once, and a repeat gets the first answer.
   */
  idempotencyKey: string;
  /** Business time, ISO 8601. Not part of what makes two calls the same. */
  at: string;
}

export interface AuthoriseInput extends GatewayCall {
  amount: Money;
  paymentMethod: string;
  /** The partner's own reference; for Stripe a `cus_…` id is passed on as the customer. */
  customerId?: string;
  /** A renewal happens without the customer present. */
  purpose?: 'initial' | 'renewal';
  /** Our payment's id, shown in the gateway's books. */
  reference?: string;
  description?: string;
}

export interface CaptureInput extends GatewayCall {
  authorisationId: string;
  /** Default: all of it. There is one capture; the rest is released. */
  amount?: Money;
}

export interface VoidInput extends GatewayCall {
  authorisationId: string;
}

export interface RefundInput extends GatewayCall {
  authorisationId: string;
  /** Default: all that is left. */
  amount?: Money;
  /** Our refund's id, shown in the gateway's books. */
  reference?: string;
}

export interface LookUpInput extends GatewayCall {
  /** The call looked for; `idempotencyKey` is the key it was sent with. */
  operation: GatewayOperation;
  /** Required for all but `authorise`. */
  authorisationId?: string;
}

export interface GetPaymentMethodInput {
  tenantId: string;
  at: string;
  paymentMethod: string;
  customerId?: string;
}

export type DeclineReason =
  | 'card_declined'
  | 'insufficient_funds'
  | 'fraud'
  | 'expired_card'
  /** The customer would have had to confirm and was not there, or failed to. */
  | 'authentication_required'
  | 'authentication_failed'
  | 'invalid_payment_method'
  /** Withdrawn before the customer confirmed. */
  | 'voided';

/** A rule of the gateway spoke against it; nothing was done and a repeat says the same. */
export interface Rejected {
  status: 'rejected';
  reason:
    | 'already_captured'
    | 'already_voided'
    | 'already_refunded'
    | 'not_authorised'
    | 'not_captured'
    | 'amount_too_large'
    | 'currency_mismatch'
    | 'refund_failed'
    | 'charge_disputed'
    | 'balance_insufficient'
    | 'refund_exceeds_captured'
    | 'lost_or_stolen_card'
    | 'expired_or_canceled_card'
    | 'other';
  /** With `already_captured`, of a capture or a void: what was taken, by whoever took it. */
  captured?: Money;
}

export type AuthoriseResult =
  | { status: 'authorised'; authorisationId: string; amount: Money }
  | { status: 'declined'; authorisationId: string | null; reason: DeclineReason }
  /**
   * The customer has to confirm at `url`. A repeat of the call says this for ever: how it ended is told by `lookUp`.
   */
  | { status: 'requires_action'; authorisationId: string; url: string };

export type CaptureResult = { status: 'captured'; captureId: string; amount: Money } | Rejected;
export type VoidResult = { status: 'voided' } | Rejected;
/** `pending`: under way at the bank; its end comes by webhook and by `lookUp`. */
export type RefundResult = { status: 'refunded' | 'pending'; refundId: string; amount: Money } | Rejected;

export type LookUpResult =
  | { status: 'found'; operation: 'authorise'; result: AuthoriseResult }
  | { status: 'found'; operation: 'capture'; result: CaptureResult }
  | { status: 'found'; operation: 'void'; result: VoidResult }
  | { status: 'found'; operation: 'refund'; result: RefundResult }
  /**
   * The gateway shows nothing under this key. That is no proof: the call may still be on its way, and Stripe's search
   * lags. To settle it, repeat the very same call with the same key (within 24 h, after which Stripe forgets keys), and
   * undo its effect if it is no longer wanted.
   */
  | { status: 'not_found' };

export type PaymentMethodResult =
  | {
      status: 'found';
      brand: string;
      last4: string;
      /** 1 to 12; good to the end of this month. */
      expMonth: number;
      expYear: number;
      funding: 'credit' | 'debit' | 'prepaid' | 'unknown';
    }
  | { status: 'not_found' };

/**
 * A payment gateway. What it decides (a decline, a broken rule) is returned; only what is no decision is thrown:
 *
 * - `GatewayOutcomeUnknown`: it may have happened. Look it up by key, or repeat with the same key; never call it
 *   failed.
 * - `GatewayUnavailable`: it certainly did not happen (or nothing was to happen). Repeat later with the same key.
 * - `GatewayRequestRefused`: the request itself is wrong (key reused for another request, bad credentials). A defect of
 *   ours.
 *
 * `lookUp` and `getPaymentMethod` change nothing and never throw `GatewayOutcomeUnknown`.
 */
export interface PaymentGateway {
  authorise(input: AuthoriseInput): Promise<AuthoriseResult>;
  capture(input: CaptureInput): Promise<CaptureResult>;
  void(input: VoidInput): Promise<VoidResult>;
  refund(input: RefundInput): Promise<RefundResult>;
  /** How the call sent under a key stands now. */
  lookUp(input: LookUpInput): Promise<LookUpResult>;
  getPaymentMethod(input: GetPaymentMethodInput): Promise<PaymentMethodResult>;
}
