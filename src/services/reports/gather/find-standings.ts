import { createdAtOf } from '../../../domain/ids';
import type { Money } from '../../../domain/money';
import { stateAt } from '../../../domain/reports/facts/standing';
import type { Standing } from '../../../domain/reports/figures/standing-figures';
import type { Event } from '../../../models/event';
import type { GatherScope } from './gatherer';
import { slicesOf } from './in-slices';
import { modelOf, type StandingEntity } from './open-entities';

export interface FindStandingsInput {
  scope: Pick<GatherScope, 'database' | 'tenantId' | 'window' | 'asOf' | 'filters'>;
  entityType: StandingEntity;
  ids: readonly string[];
}

type StateEvent = Pick<Event, '_id' | 'entityId' | 'state' | 'version' | 'at'>;

const projection = { entityId: 1, state: 1, version: 1, at: 1 } as const;

/**
 * Yields how entities stood at the end of the window, from their events; none for those accepted later. Holds the
 * events of one slice of them at a time, however many are open.
 */
export async function* findStandings({ ids, ...input }: FindStandingsInput): AsyncGenerator<Standing> {
  for (const slice of slicesOf(ids)) yield* await standingsOf({ ...input, ids: slice });
}

async function standingsOf(input: FindStandingsInput): Promise<Standing[]> {
  const { scope, entityType } = input;
  const { database, tenantId, window, asOf } = scope;
  const endAt = new Date(window.endAt);
  const amounts = await findAmounts(input, endAt);
  const counted = { tenantId, entityId: { $in: [...amounts.keys()] } };
  const events = await database.models.events.find(counted, projection).lean<StateEvent[]>();
  const eventsOf = new Map<string, StateEvent[]>();
  for (const event of events) eventsOf.set(event.entityId, [...(eventsOf.get(event.entityId) ?? []), event]);
  return [...eventsOf].flatMap(([entityId, own]): Standing[] => {
    const facts = own.map(({ _id, ...fact }) => ({ ...fact, recordedAt: createdAtOf(_id) }));
    const state = stateAt(facts, { endAt, asOf });
    return state === null ? [] : [{ entityType, state, amount: amounts.get(entityId)! } as Standing];
  });
}

/**
 * Returns the amounts of those that were accepted before the end of the window, in the currency that was asked for.
 * Neither the amount nor the time of the acceptance ever changes.
 */
async function findAmounts(
  { scope: { database, tenantId, filters }, entityType, ids }: FindStandingsInput,
  endAt: Date,
): Promise<Map<string, Money>> {
  const found = await modelOf(database, entityType)
    .find({ _id: { $in: [...ids] }, tenantId }, { createdAt: 1, amount: 1 })
    .lean<{ _id: string; createdAt: Date; amount: Money }[]>();
  const counted = found.filter(
    ({ createdAt, amount }) => createdAt < endAt && amount.currency === (filters.currency ?? amount.currency),
  );
  return new Map(counted.map(({ _id, amount }) => [_id, amount]));
}
