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
    { $set: { sent: true, updatedAt: new Date(effect.at) } },
  );
  const isFirst = unsent.modifiedCount === 1 || (await registerEffect({ database, effect, sent: true }));
  try {
    return await call();
  } catch (error) {
    const notTaken = isGatewayError(error, 'GatewayUnavailable') || isGatewayError(error, 'GatewayRequestRefused');
    if (notTaken && isFirst) await compensations.updateOne(ref, { $set: { sent: false } });
    throw error;
  }
}
