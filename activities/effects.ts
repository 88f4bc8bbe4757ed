import type { ActivityDependencies } from '.';
import { isGatewayError } from './gateway-answers';

export interface EffectRef {
  tenantId: string;
  key: string;
}

/** From this many failures on an undoing is on the operator's list; with the retry policy that is after some four minutes. */
export const STUCK_AFTER_FAILURES = 10;

/** Side effects abroad as the compensation ledger knows them. Every one is registered (see payment-records) before it is sent. */
export const createEffects = ({ database }: Pick<ActivityDependencies, 'database'>) => {
  const { compensations } = database.models;
  return {
    find: (ref: EffectRef) => compensations.findOne(ref).lean(),

    /**
     * Runs the call and remembers whether it may have reached the gateway. Only a call that was certainly not taken, and not
     * after one that may have been, leaves the effect as unsent.
     */
    async send<T>(ref: EffectRef, call: () => Promise<T>): Promise<T> {
      const { modifiedCount } = await compensations.updateOne({ ...ref, sent: false }, { $set: { sent: true } });
      try {
        return await call();
      } catch (error) {
        const notTaken = isGatewayError(error, 'GatewayUnavailable') || isGatewayError(error, 'GatewayRequestRefused');
        if (notTaken && modifiedCount === 1) await compensations.updateOne(ref, { $set: { sent: false } });
        throw error;
      }
    },

    /** Counts a failed undoing; one that keeps failing is `stuck`, and goes on being tried. */
    async countFailure(ref: EffectRef, error: unknown): Promise<void> {
      const lastError = error instanceof Error ? error.name : 'Error';
      await compensations.updateOne({ ...ref, state: { $in: ['intent', 'done', 'compensating', 'stuck'] } }, [
        {
          $set: {
            failures: { $add: ['$failures', 1] }, lastError, updatedAt: new Date(),
            state: { $cond: [{ $gte: [{ $add: ['$failures', 1] }, STUCK_AFTER_FAILURES] }, 'stuck', 'compensating'] },
          },
        },
      ], { updatePipeline: true });
    },
  };
};
