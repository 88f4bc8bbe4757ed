import { asyncLocalStorage } from '@temporalio/activity';
import { paymentTimes } from '../../src/domain/payments/payment';
import type { Compensation } from '../../src/models/payments/compensation';
import type { Database } from '../../src/models/database';
import { registerEffect, type EffectRef, type NewEffect } from '../../src/services/payments/payment-effects';
import { isGatewayError } from './gateway-reports';

type OfEffect = EffectRef & { database: Database };

export const findEffect = ({ database, tenantId, key }: OfEffect): Promise<Compensation | null> =>
  database.models.compensations.findOne({ tenantId, key }).lean();

/**
 * Returns true when a call may have reached the gateway, in this attempt or an earlier one: then the refusal of a
 * repeat does not prove that nothing happened.
 */
export const mayHaveArrived = async ({ database, tenantId, key }: OfEffect): Promise<boolean> =>
  (await database.models.compensations.exists({ tenantId, key, sent: true })) !== null;

/** Returns the time 24 hours after the first attempt of a call, ISO 8601; null for a call that was never sent. */
export const overdueAtOf = (effect: Pick<Compensation, 'sentAt'> | null): string | null =>
  effect?.sentAt ? new Date(effect.sentAt.getTime() + paymentTimes.unknownMs).toISOString() : null;

/**
 * Returns true for a call whose outcome has been unknown for 24 hours: the gateway may have forgotten its key, so a
 * repeat could take effect a second time. `at` is the business time of the step.
 */
export function isTooLateToSend({ effect, at }: { effect: Compensation | null; at: string }): boolean {
  const overdueAt = overdueAtOf(effect);
  return overdueAt !== null && Date.parse(at) + waitedMs() >= Date.parse(overdueAt);
}

/** Returns the milliseconds for which Temporal has been repeating this activity; the step keeps its time meanwhile. */
export function waitedMs(): number {
  const info = asyncLocalStorage.getStore()?.info;
  return info ? Math.max(0, info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs) : 0;
}

export interface SendEffectInput<T> {
  database: Database;
  effect: NewEffect;
  call: () => Promise<T>;
}

/**
 * Runs the call and records whether it may have reached the gateway. The effect stays unsent only when this call was
 * certainly not accepted and no earlier one may have been.
 */
export async function sendEffect<T>({ database, effect, call }: SendEffectInput<T>): Promise<T> {
  const { compensations } = database.models;
  const ref = { tenantId: effect.tenantId, key: effect.key };
  const unsent = await compensations.updateOne(
    { ...ref, sent: false },
    { $set: { sent: true, sentAt: new Date(effect.at), updatedAt: new Date(effect.at) } },
  );
  const isFirst = unsent.modifiedCount === 1 || (await registerEffect({ database, effect, sent: true }));
  try {
    return await call();
  } catch (error) {
    const notTaken = isGatewayError(error, 'GatewayUnavailable') || isGatewayError(error, 'GatewayRequestRefused');
    if (notTaken && isFirst) await compensations.updateOne(ref, { $set: { sent: false, sentAt: null } });
    throw error;
  }
}
