import { isId } from '../../domain/ids';
import { acceptPlan } from '../../services/subscriptions/accept-plan';
import type { Database } from '../../models/database';
import { etagOf, replyWithTag } from '../replies/etag';
import { notFound, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { byId, type ListPage } from '../replies/list';
import { presentPlan } from './present-plan';

export interface PlanHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
}

/** Creates and reads plans, which never change. */
export function planHandlers({
  database,
  idempotency,
  listPage,
  basePath,
}: PlanHandlersInput): Handlers<'createPlan' | 'listPlans' | 'getPlan'> {
  const { plans } = database.models;

  return {
    async createPlan(call) {
      const { tenantId, correlationId, body: terms } = call;
      return idempotency.acceptOnce({
        call,
        async write(session, _commandId, at) {
          const plan = await acceptPlan({
            database,
            session,
            tenantId,
            terms,
            correlationId,
            at: at.toISOString(),
          });
          return {
            status: 201,
            headers: { Location: `${basePath}/plans/${plan._id}`, ETag: etagOf(plan.version) },
            body: presentPlan(plan),
          };
        },
      });
    },

    listPlans: (call) =>
      listPage({
        call,
        model: plans,
        filter: { tenantId: call.tenantId },
        by: byId(-1),
        present: (items) => items.map(presentPlan),
      }),

    async getPlan(call) {
      const {
        tenantId,
        params: { planId },
      } = call;
      const plan = isId('plan', planId) ? await plans.findOne({ _id: planId, tenantId }).lean() : null;
      if (!plan) throw notFound('plan');
      return replyWithTag({ version: plan.version, body: presentPlan(plan) });
    },
  };
}
