import { isId } from '../../domain/ids';
import type { Clock } from '../../services/clock';
import type { Compensation } from '../../models/payments/compensation';
import type { Database } from '../../models/database';
import {
  retryCompensation,
  waiveCompensation,
  type ResolveCompensationInput,
} from '../../services/payments/resolve-compensation';
import { actorOf } from '../actor-of';
import { notFound, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { byId, type ListPage } from '../replies/list';
import { visibleTo } from '../visible-to';
import type { components } from '../generated/openapi-types';
import type { Call, Reply } from '../pipeline/request-context';

/** The part of Temporal that a compensation which keeps failing needs. */
export interface CompensationOperations {
  /** Makes the process act on the compensation immediately; never throws. */
  wakeProcess(compensation: Compensation): Promise<void>;
}

export interface CompensationHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  clock: Clock;
  compensations: CompensationOperations;
}

/**
 * Lists, retries and waives the compensations of external side effects. The platform's operator sees every tenant, a
 * partner's operator key its own.
 */
export function compensationHandlers(
  input: CompensationHandlersInput,
): Handlers<'listCompensations' | 'retryCompensation' | 'waiveCompensation'> {
  const { database, idempotency, listPage, clock, compensations } = input;
  const model = database.models.compensations;

  const actOnce = async (
    call: Call<unknown, unknown, { compensationId: string }>,
    act: (input: ResolveCompensationInput) => Promise<Compensation>,
  ): Promise<Reply> => {
    const { compensationId } = call.params;
    const known = isId('compensation', compensationId)
      ? await model.findOne({ _id: compensationId, ...visibleTo(call.caller) }, { tenantId: 1 }).lean()
      : null;
    if (!known) throw notFound('compensation');
    const at = (await clock.now(known.tenantId)).toISOString();
    return idempotency.acceptOnce({
      call,
      async write(session) {
        const resolved = await act({ database, compensationId, by: actorOf(call.caller, 'operator'), at, session });
        return {
          status: 200,
          body: presentCompensation(resolved),
          afterCommit: () => void compensations.wakeProcess(resolved),
        };
      },
    });
  };

  return {
    listCompensations(call) {
      const { state } = call.query;
      const filter = { ...visibleTo(call.caller), ...(state === undefined ? {} : { state }) };
      return listPage({
        call,
        model,
        filter,
        by: byId(1),
        present: (items) => items.map(presentCompensation),
      });
    },
    retryCompensation: (call) => actOnce(call, retryCompensation),
    waiveCompensation: (call) =>
      actOnce(call, (chosen) => waiveCompensation({ ...chosen, reason: call.body?.reason ?? null })),
  };
}

const waits: Partial<Record<Compensation['state'], string>> = {
  intent: 'the gateway to report whether the effect happened',
  compensating: 'the gateway to confirm that the effect is undone',
  stuck: 'an operator to retry or waive it; the platform keeps retrying meanwhile',
};

function presentCompensation(compensation: Compensation): components['schemas']['Compensation'] {
  const { _id, state, tenantId, key, entityType, entityId, effect, failures, lastError, waived, createdAt, updatedAt } =
    compensation;
  const what = waits[state];
  return {
    id: _id,
    state,
    tenantId,
    key,
    entityType,
    entityId,
    effect,
    failures,
    lastError,
    waived: waived && {
      by: { kind: waived.by.kind, id: waived.by.id },
      reason: waived.reason,
      at: waived.at.toISOString(),
    },
    waitingFor: what === undefined ? null : { what, until: null },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
