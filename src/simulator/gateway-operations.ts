import { randomBytes, randomUUID } from 'node:crypto';
import { cardBehaviour } from './card-behaviour';
import type { Decision } from './card-behaviour';
import { percentile } from './chaos';
import type { Chaos } from './chaos';
import type { Authorisation, GatewayState } from './gateway-state';
import type { Amount, NewRecord, Operation, OperationRecord } from './ledger-record';
import { amountOf, businessTime, fingerprintOf, oneOf, optionalText, word } from './request-body';
import type { Body } from './request-body';
import { RequestRefused } from './request-refused';

/** A validated request that is not yet decided. */
export interface OperationRequest {
  account: string;
  key: string;
  operation: Operation;
  at: string;
  fingerprint: string;
  authorisationId?: string;
  amount?: Amount;
  paymentMethod?: string;
  customerId?: string;
  purpose: 'initial' | 'renewal';
  reference?: string;
  description?: string;
}

/**
 * Reads one operation's request.
 *
 * @throws RequestRefused naming the field, the rule and the accepted values.
 */
export function readOperationRequest(input: {
  account: string;
  key: unknown;
  operation: Operation;
  body: Body;
  authorisationId?: string;
}): OperationRequest {
  const { account, operation, body } = input;
  const key = word(input.key, 'The Idempotency-Key header');
  const named = input.authorisationId ?? body.authorisationId;
  const request = {
    authorisationId: operation === 'authorise' ? undefined : word(named, 'authorisationId'),
    amount:
      operation === 'void' || (operation !== 'authorise' && body.amount === undefined)
        ? undefined
        : amountOf(body.amount),
    paymentMethod: operation === 'authorise' ? word(body.paymentMethod, 'paymentMethod') : undefined,
    customerId: optionalText(body.customerId, 'customerId'),
    purpose: oneOf(body.purpose, 'purpose', ['initial', 'renewal'], 'initial'),
    reference: optionalText(body.reference, 'reference'),
    description: optionalText(body.description, 'description', 1000),
  };
  return {
    account,
    key,
    operation,
    at: businessTime(body.at),
    fingerprint: fingerprintOf(operation, request),
    ...request,
  };
}

/**
 * Decides one operation against the present state and returns the record to append. Nothing may be awaited between this
 * and applying the record: that is what keeps racing captures and refunds within their limits.
 *
 * @throws RequestRefused 404 for an authorisation that this account does not have, 429 for an account that is full.
 */
export function decideOperation({
  request,
  state,
  chaos,
  maxAccountSize,
}: {
  request: OperationRequest;
  state: GatewayState;
  chaos: Chaos;
  maxAccountSize: number;
}): NewRecord {
  requireRoom(request, state, maxAccountSize);
  if (request.operation === 'authorise') return decideAuthorise(request, state, chaos);
  const authorisation = state.authorisation(request.account, request.authorisationId ?? '');
  if (!authorisation)
    throw new RequestRefused(404, 'unknown_authorisation', `There is no authorisation ${request.authorisationId}`);
  if (request.operation === 'capture') return decideCapture(request, authorisation);
  if (request.operation === 'void') return decideVoid(request, authorisation);
  return decideRefund(request, authorisation);
}

/** An account that is full takes no authorisations, but as many calls again that end those it has. */
function requireRoom({ account, operation }: OperationRequest, state: GatewayState, maxAccountSize: number): void {
  const most = operation === 'authorise' ? maxAccountSize : 2 * maxAccountSize;
  if (state.sizeOf(account) < most) return;
  throw new RequestRefused(
    429,
    'account_full',
    `The account holds ${state.sizeOf(account)} calls, of ${most} at most; a reset of the sandbox empties it`,
  );
}

function decideAuthorise(request: OperationRequest, state: GatewayState, chaos: Chaos): NewRecord {
  const decision = decideCard(request, state, chaos);
  const id = `aut_${randomUUID()}`;
  const { paymentMethod, customerId, description } = request;
  return {
    ...common(request),
    id,
    authorisationId: id,
    amount: request.amount as Amount,
    ...decision,
    ...(decision.outcome === 'requires_action' && { actionToken: randomBytes(24).toString('hex') }),
    paymentMethod,
    customerId,
    description,
  };
}

function decideCard(
  { account, key, paymentMethod = '', customerId = '', purpose, at }: OperationRequest,
  state: GatewayState,
  chaos: Chaos,
): Decision {
  const behaviour = cardBehaviour(paymentMethod);
  if (!behaviour) return { outcome: 'declined', reason: 'card_invalid' };
  if (percentile(chaos.seed, 'decline', account, key) < chaos.declinePercent)
    return { outcome: 'declined', reason: 'card_declined' };
  return behaviour.decide({ purpose, at, firstSeenAt: state.card(account, paymentMethod, customerId)?.at ?? at });
}

/** An authorisation has one capture; the rest is released, as card networks do. */
function decideCapture(request: OperationRequest, { record, state, capturedMinor }: Authorisation): NewRecord {
  const amount = request.amount ?? record.amount;
  const broken =
    (state === 'captured' && 'already_captured') ||
    (state === 'voided' && 'already_voided') ||
    (state !== 'authorised' && 'not_authorised') ||
    (amount.currency !== record.amount.currency && 'currency_mismatch') ||
    (amount.amountMinor > record.amount.amountMinor && 'amount_too_large');
  return settle(request, record, {
    amount: broken === 'already_captured' ? { ...amount, amountMinor: capturedMinor } : amount,
    prefix: 'cap',
    done: 'captured',
    broken,
  });
}

function decideVoid(request: OperationRequest, { record, state, capturedMinor }: Authorisation): NewRecord {
  const broken =
    (state === 'captured' && 'already_captured') ||
    (state === 'voided' && 'already_voided') ||
    (state === 'declined' && 'not_authorised');
  return settle(request, record, {
    amount: broken === 'already_captured' ? { ...record.amount, amountMinor: capturedMinor } : record.amount,
    prefix: 'voi',
    done: 'voided',
    broken,
  });
}

function decideRefund(
  request: OperationRequest,
  { record, state, capturedMinor, refundedMinor }: Authorisation,
): NewRecord {
  const leftMinor = capturedMinor - refundedMinor;
  const amount = request.amount ?? { amountMinor: leftMinor, currency: record.amount.currency };
  const broken =
    (state !== 'captured' && 'not_captured') ||
    (amount.currency !== record.amount.currency && 'currency_mismatch') ||
    (leftMinor === 0 && 'already_refunded') ||
    (amount.amountMinor > leftMinor && 'amount_too_large') ||
    (cardBehaviour(record.paymentMethod ?? '')?.refund === 'rejected' && 'refund_failed');
  return settle(request, record, { amount, prefix: 'ref', done: 'refunded', broken });
}

interface Settlement {
  amount: Amount;
  prefix: string;
  done: 'captured' | 'voided' | 'refunded';
  broken: string | false;
}

function settle(
  request: OperationRequest,
  authorised: OperationRecord,
  { amount, prefix, done, broken }: Settlement,
): NewRecord {
  const ids = { id: `${prefix}_${randomUUID()}`, authorisationId: authorised.authorisationId };
  return {
    ...common(request),
    ...ids,
    amount,
    ...(broken ? { outcome: 'rejected', reason: broken } : { outcome: done }),
  };
}

function common({ account, key, operation, at, fingerprint, reference }: OperationRequest) {
  return { type: 'operation' as const, account, key, operation, at, fingerprint, reference };
}
