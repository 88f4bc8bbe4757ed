import type { ClientSession } from 'mongoose';
import { amountStepOf } from '../../domain/amount-step';
import { newId } from '../../domain/ids';
import { requirePlanTerms, type PlanTerms } from '../../domain/subscriptions/plan';
import type { Database } from '../../models/database';
import { insertDocuments } from '../insert-documents';
import type { Plan } from '../../models/subscriptions/plan';

export interface AcceptPlanInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** `trialDays` defaults to 0. */
  terms: Omit<PlanTerms, 'trialDays'> & { trialDays?: number };
  correlationId: string;
  /** The tenant's business time, ISO 8601. */
  at: string;
}

/**
 * Writes a plan inside the caller's transaction. A plan never changes and is never deleted.
 * @throws DomainError as `requirePlanTerms` does.
 */
export async function acceptPlan({
  database,
  session,
  tenantId,
  terms,
  correlationId,
  at,
}: AcceptPlanInput): Promise<Plan> {
  const createdAt = new Date(at);
  const plan: Plan = {
    _id: newId('plan'),
    tenantId,
    version: 1,
    correlationId,
    createdAt,
    updatedAt: createdAt,
    ...requirePlanTerms({
      trialDays: 0,
      ...terms,
      stepMinor: amountStepOf({ tenantId, currency: terms.amount.currency }),
    }),
  };
  await insertDocuments({ model: database.models.plans, documents: [plan], session });
  return plan;
}

/** Returns the terms of a plan, as subscriptions store them. */
export const termsOf = ({ name, amount, interval, intervalCount, trialDays }: Plan): PlanTerms => ({
  name,
  amount,
  interval,
  intervalCount,
  trialDays,
});
