import type { ClientSession } from 'mongoose';
import { gatewayKey } from '../../contracts/payments/payment';
import { newId } from '../../domain/ids';
import type { GatewayCall } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import type { Compensation, CompensationState } from '../../models/payments/compensation';
import type { Payment } from '../../models/payments/payment';
import { endsUnpaid } from './payment-changes';

export interface EffectRef {
  tenantId: string;
  /** The idempotency key of the call to the gateway. */
  key: string;
}

export type NewEffect = Pick<Compensation, 'tenantId' | 'key' | 'entityType' | 'entityId' | 'effect'> & { at: string };

/** From this many failures on, after some six minutes, an undoing is on the operator's list. */
export const STUCK_AFTER_FAILURES = 10;

/** Returns an external effect of a payment, in the form in which it is registered. */
export const effectOf = ({ tenantId, _id: entityId }: Payment, effect: GatewayCall, at: string): NewEffect => ({
  tenantId,
  key: gatewayKey(entityId, effect),
  entityType: 'payment',
  entityId,
  effect,
  at,
});

export interface RegisterEffectInput {
  database: Database;
  session?: ClientSession;
  effect: NewEffect;
  /** True when a call may have reached the gateway already. */
  sent: boolean;
}

/** Records an external effect before it is requested. Returns false when the effect is registered already. */
export async function registerEffect({ database, session, effect, sent }: RegisterEffectInput): Promise<boolean> {
  const { at, ...about } = effect;
  const when = new Date(at);
  const fresh = {
    _id: newId('compensation'),
    ...about,
    state: 'intent' as const,
    sent,
    sentAt: sent ? when : null,
    failures: 0,
    lastError: null,
    waived: null,
    createdAt: when,
    updatedAt: when,
  };
  const { upsertedCount } = await database.models.compensations.updateOne(
    { tenantId: about.tenantId, key: about.key },
    { $setOnInsert: fresh },
    { session, upsert: true },
  );
  return upsertedCount === 1;
}

export interface SettleEffectsInput {
  database: Database;
  session: ClientSession;
  payment: Payment;
  /** The state that the payment moves to. */
  to: string;
  at: Date;
}

/** Keeps the compensation ledger consistent with a payment that moves, within the transaction of the move. */
export async function settleEffects({ database, session, payment, to, at }: SettleEffectsInput): Promise<void> {
  const { tenantId, _id: entityId } = payment;
  const set = (effect: GatewayCall, from: CompensationState[], state: CompensationState) =>
    database.models.compensations.updateMany(
      { tenantId, entityId, effect, state: { $in: from } },
      { $set: { state, updatedAt: at } },
      { session },
    );
  const register = (call: GatewayCall) =>
    registerEffect({ database, session, effect: effectOf(payment, call, at.toISOString()), sent: false });
  if (to === 'authorising') await register('authorise');
  if (to === 'capturing') await register('capture');
  if (to === 'requires_action' || to === 'authorised') await set('authorise', ['intent'], 'done');
  if (to === 'captured') {
    await set('authorise', ['compensating', 'stuck'], 'done');
    await set('capture', ['intent'], 'done');
  }
  if (endsUnpaid(to)) {
    await set('authorise', ['intent'], 'none');
    await set('authorise', ['done', 'compensating', 'stuck'], 'compensated');
    await set('capture', ['intent'], 'none');
  }
}

/** Counts a failed undoing; an undoing that keeps failing is `stuck`, and is still tried. */
export async function recordUndoFailure({
  database,
  effect,
  error,
  at,
}: {
  database: Database;
  effect: EffectRef;
  error: unknown;
  /** Business time, ISO 8601. */
  at: string;
}): Promise<void> {
  const { compensations } = database.models;
  const lastError = error instanceof Error ? error.name : 'Error';
  const updatedAt = new Date(at);
  await compensations.updateOne(
    { ...effect, state: { $in: ['intent', 'done', 'compensating', 'stuck'] } },
    { $inc: { failures: 1 }, $set: { lastError, updatedAt } },
  );
  await compensations.updateOne(
    { ...effect, state: { $in: ['intent', 'done'] } },
    { $set: { state: 'compensating', updatedAt } },
  );
  await compensations.updateOne(
    { ...effect, state: 'compensating', failures: { $gte: STUCK_AFTER_FAILURES } },
    { $set: { state: 'stuck', updatedAt } },
  );
}
