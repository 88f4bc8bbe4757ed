import type { ClientSession } from 'mongoose';
import type { ActivityDependencies } from '..';
import type { Actor } from '../../src/domain/actor';
import { DomainError } from '../../src/domain/domain-error';
import type { Money } from '../../src/domain/money';
import type { Subscription } from '../../src/models/subscriptions/subscription';
import { MovedMeanwhile } from './subscription-records';

export interface RefundSubscriptionInput {
  session: ClientSession;
  subscription: Pick<Subscription, 'tenantId' | 'correlationId'>;
  refunds: readonly { paymentId: string; amount: Money }[];
  by?: Actor;
  at: string;
}

const REFUNDED_MEANWHILE: readonly string[] = [
  'PAYMENT_NOT_REFUNDABLE',
  'NOTHING_TO_REFUND',
  'REFUND_EXCEEDS_CAPTURED',
];

/**
 * Accepts refunds that a step has planned, within the step. The partner may have refunded since: then the step is
 * decided again.
 */
export const createSubscriptionRefunds =
  ({ database, acceptRefund }: Pick<ActivityDependencies, 'database' | 'acceptRefund'>) =>
  async ({
    session,
    subscription: { tenantId, correlationId },
    refunds,
    by = { kind: 'workflow', id: null },
    at,
  }: RefundSubscriptionInput): Promise<void> => {
    for (const { paymentId, amount } of refunds) {
      try {
        await acceptRefund({ database, session, tenantId, paymentId, amount, correlationId, by, at });
      } catch (error) {
        if (error instanceof DomainError && REFUNDED_MEANWHILE.includes(error.code))
          throw new MovedMeanwhile(`payment ${paymentId} was refunded while a refund of it was planned`);
        throw error;
      }
    }
  };
