import type { Money } from '../../domain/money';
import type { CardProblem } from '../../domain/payments/card';
import type { GatewayOperation } from './gateway-errors';

/** Fields of every call. */
export interface GatewayCall {
  tenantId: string;
  /**
   * Derived from the entity and the business attempt (`pay_1:capture:1`), never from the retry number: the gateway acts
   * on a key once, and a repeat receives the first result.
   */
  idempotencyKey: string;
  /** Business time, ISO 8601. Two calls that differ only in it are the same call. */
  at: string;
}

export interface AuthoriseInput extends GatewayCall {
  amount: Money;
  paymentMethod: string;
  /** The partner's own reference. */
  customerId?: string;
  /** The gateway's own customer, at whom the payment method is or will be saved. */
  gatewayCustomerId?: string;
  /** True when the payment method is saved for this customer already. Defaults to false: the charge itself saves it. */
  methodSaved?: boolean;
  /** The purpose `renewal` is a charge without the customer present. */
  purpose?: 'initial' | 'renewal';
  /** Our payment's id, shown in the gateway's records. */
  reference?: string;
  description?: string;
}

export interface CaptureInput extends GatewayCall {
  authorisationId: string;
  /** Defaults to the whole authorisation. There is one capture; the rest is released. */
  amount?: Money;
}

export interface VoidInput extends GatewayCall {
  authorisationId: string;
}

export interface RefundInput extends GatewayCall {
  authorisationId: string;
  /** Defaults to everything not yet refunded. */
  amount?: Money;
  /** Our refund's id, shown in the gateway's records. */
  reference?: string;
}

export interface LookUpInput extends GatewayCall {
  /** The operation of the call; `idempotencyKey` is the key with which it was sent. */
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

export interface CreateCustomerInput extends GatewayCall {
  /** Our id of the customer, shown in the gateway's records. */
  reference: string;
  /** Milliseconds for the call. Defaults to the gateway's limit for every call. */
  timeoutMs?: number;
}

export interface SaveMethodInput extends GatewayCall {
  gatewayCustomerId: string;
  paymentMethod: string;
  /** Our subscription's id, shown in the gateway's records. */
  reference?: string;
  /** Milliseconds for the call. Defaults to the gateway's limit for every call. */
  timeoutMs?: number;
}

export type DeclineReason =
  | 'card_declined'
  | 'insufficient_funds'
  | 'fraud'
  /** The customer had to confirm, but was not present or did not. */
  | 'authentication_required'
  | 'authentication_failed'
  /** The same fact as before the gateway, under the same code. */
  | Extract<CardProblem['code'], 'card_expired' | 'card_invalid'>
  /** Withdrawn before the customer confirmed. */
  | 'voided';

/** A rule of the gateway forbids the call; nothing was done, and a repeat has the same result. */
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
  /** With `already_captured`, for a capture or a void: the amount captured, by whichever call. */
  captured?: Money;
}

export type AuthoriseResult =
  | { status: 'authorised'; authorisationId: string; amount: Money }
  | { status: 'declined'; authorisationId: string | null; reason: DeclineReason }
  /**
   * The customer has to confirm at `url`. A repeat of the call returns this for ever; `lookUp` returns the final
   * result.
   */
  | { status: 'requires_action'; authorisationId: string; url: string };

export type CaptureResult = { status: 'captured'; captureId: string; amount: Money } | Rejected;
export type VoidResult = { status: 'voided' } | Rejected;
/** `pending`: under way at the bank; a webhook and `lookUp` report its end. */
export type RefundResult = { status: 'refunded' | 'pending'; refundId: string; amount: Money } | Rejected;

export type LookUpResult =
  | { status: 'found'; operation: 'authorise'; result: AuthoriseResult }
  | { status: 'found'; operation: 'capture'; result: CaptureResult }
  | { status: 'found'; operation: 'void'; result: VoidResult }
  | { status: 'found'; operation: 'refund'; result: RefundResult }
  /**
   * The gateway has no record under this key. That is no proof: the call may still be on its way, and Stripe's search
   * lags. To settle it, repeat the very same call with the same key (within 24 h, after which Stripe forgets keys), and
   * void or refund its effect if it is no longer wanted.
   */
  | { status: 'not_found' };

export type PaymentMethodResult =
  | {
      status: 'found';
      brand: string;
      last4: string;
      /** 1 to 12; valid to the end of this month. */
      expMonth: number;
      expYear: number;
      funding: 'credit' | 'debit' | 'prepaid' | 'unknown';
      /** The gateway's customer for whom the payment method is saved; null for none. */
      savedFor: string | null;
    }
  | { status: 'not_found' };

export type SaveMethodResult =
  | { status: 'saved' }
  /** The customer has to confirm at `url`; `getPaymentMethod` shows when the payment method is saved. */
  | { status: 'requires_action'; url: string }
  | { status: 'declined'; reason: DeclineReason };

/**
 * A gateway's customers, for whom it saves payment methods. Both calls take no money: they throw `GatewayUnavailable`
 * when nobody answered, and are then repeated with the same key.
 */
export interface GatewayCustomers {
  create(input: CreateCustomerInput): Promise<{ gatewayCustomerId: string }>;
  /** Saves a payment method for charges without the customer present. */
  saveMethod(input: SaveMethodInput): Promise<SaveMethodResult>;
}

/**
 * A payment gateway. Its decisions (a decline, a broken rule) are returned; everything else is thrown:
 *
 * - `GatewayOutcomeUnknown`: the call may have taken effect. Look it up by key, or repeat it with the same key; never
 *   treat it as failed.
 * - `GatewayUnavailable`: the call certainly had no effect (or was not to have one). Repeat it later with the same key.
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
  /** Returns the present result of the call sent under a key. */
  lookUp(input: LookUpInput): Promise<LookUpResult>;
  getPaymentMethod(input: GetPaymentMethodInput): Promise<PaymentMethodResult>;
  /** Absent at a gateway that charges a payment method any number of times without a customer. */
  customers?: GatewayCustomers;
}
