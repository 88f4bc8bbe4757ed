import type { ClientSession } from 'mongoose';
import type { ActivityDependencies } from '.';
import { newId } from '../src/domain/ids';
import type { Compensation } from '../src/models/payments/compensation';
import { isGatewayError } from './payments/gateway-answers';

export interface EffectRef {
  tenantId: string;
  key: string;
}

export type NewEffect = Pick<Compensation, 'tenantId' | 'key' | 'entityType' | 'entityId' | 'effect'> & { at: string };

/** From this many failures on an undoing is on the operator's list: after some six minutes. */
export const STUCK_AFTER_FAILURES = 10;

/**
 * Side effects abroad as the compensation ledger knows them. Every one is registered (see payment-records) before it is
 * sent.
 */
export const createEffects = ({ database }: Pick<ActivityDependencies, 'database'>) => {
  const { compensations } = database.models;

  /** Writes an effect down unless it is there already. True when it was not. */
  const register = async (
    { at, sent, ...effect }: NewEffect & { sent: boolean },
    session?: ClientSession,
  ): Promise<boolean> => {
    const when = new Date(at);
    const fresh = {
      _id: newId('compensation'),
      ...effect,
      state: 'intent' as const,
      sent,
      failures: 0,
      lastError: null,
      waived: null,
      createdAt: when,
      updatedAt: when,
    };
    const { upsertedCount } = await compensations.updateOne(
      { tenantId: effect.tenantId, key: effect.key },
      { $setOnInsert: fresh },
      { session, upsert: true },
    );
    return upsertedCount === 1;
  };

  return {
    register,
    find: (ref: EffectRef) => compensations.findOne(ref).lean(),

    /**
     * Whether a call may have reached the gateway, by this attempt or by one before it: then no refusal of a repeat
     * says that nothing happened.
     */
    mayHaveArrived: async ({ tenantId, key }: EffectRef): Promise<boolean> =>
      (await compensations.exists({ tenantId, key, sent: true })) !== null,

    /**
     * Runs the call and remembers whether it may have reached the gateway. Only a call that was certainly not taken,
     * and not after one that may have been, leaves the effect as unsent.
     */
    async send<T>({ tenantId, key, ...about }: NewEffect, call: () => Promise<T>): Promise<T> {
      const ref = { tenantId, key };
      const unsent = await compensations.updateOne({ ...ref, sent: false }, { $set: { sent: true } });
      // Registered with the step that led here; where that was an api's, it is registered now.
      const isFirst = unsent.modifiedCount === 1 || (await register({ ...about, ...ref, sent: true }));
      try {
        return await call();
      } catch (error) {
        const notTaken = isGatewayError(error, 'GatewayUnavailable') || isGatewayError(error, 'GatewayRequestRefused');
        if (notTaken && isFirst) await compensations.updateOne(ref, { $set: { sent: false } });
        throw error;
      }
    },

    /** Counts a failed undoing; one that keeps failing is `stuck`, and goes on being tried. */
    async countFailure(ref: EffectRef, error: unknown): Promise<void> {
      const lastError = error instanceof Error ? error.name : 'Error';
      const updatedAt = new Date();
      await compensations.updateOne(
        { ...ref, state: { $in: ['intent', 'done', 'compensating', 'stuck'] } },
        { $inc: { failures: 1 }, $set: { lastError, updatedAt } },
      );
      await compensations.updateOne(
        { ...ref, state: { $in: ['intent', 'done'] } },
        { $set: { state: 'compensating', updatedAt } },
      );
      await compensations.updateOne(
        { ...ref, state: 'compensating', failures: { $gte: STUCK_AFTER_FAILURES } },
        { $set: { state: 'stuck', updatedAt } },
      );
    },
  };
};
