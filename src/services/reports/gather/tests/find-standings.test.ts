import { newId } from '../../../../domain/ids';
import { findStandings, type FindStandingsInput } from '../find-standings';

const OPEN = 2500;

/** A database of payments with two events each, which keeps how many ids each query names. */
function fakeDatabase(queries: string[]) {
  const answer = <Found>(documents: Found[]) => ({ lean: async () => documents });
  const accepted = { createdAt: new Date('2026-03-10'), amount: { amountMinor: 100, currency: 'EUR' } };
  const payments = {
    find({ _id: { $in: ids } }: { _id: { $in: string[] } }) {
      queries.push(`payments ${ids.length}`);
      return answer(ids.map((_id) => ({ _id, ...accepted })));
    },
  };
  const events = {
    find({ entityId: { $in: ids } }: { entityId: { $in: string[] } }) {
      queries.push(`events ${ids.length}`);
      const at = accepted.createdAt;
      return answer(
        ids.flatMap((entityId) => [
          { _id: newId('event'), entityId, state: 'accepted', version: 1, at },
          { _id: newId('event'), entityId, state: 'authorised', version: 2, at },
        ]),
      );
    },
  };
  return { models: { payments, events } };
}

it('reads the events of many open payments slice by slice, and lets go of each slice before the next', async () => {
  const queries: string[] = [];
  const scope = {
    database: fakeDatabase(queries),
    tenantId: 'ptn_1:live',
    window: { endAt: '2026-04-01T00:00:00.000Z' },
    asOf: new Date(Date.now() + 60_000),
    filters: {},
  } as unknown as FindStandingsInput['scope'];
  const ids = Array.from({ length: OPEN }, () => newId('payment'));
  const states = new Set<string>();
  let counted = 0;
  for await (const { state } of findStandings({ scope, entityType: 'payment', ids })) {
    // Nothing of a later slice is read while an earlier one is counted.
    if (counted++ === 0) expect(queries).toEqual(['payments 1000', 'events 1000']);
    states.add(state);
  }
  expect([counted, ...states]).toEqual([OPEN, 'authorised']);
  expect(queries).toEqual([1000, 1000, 500].flatMap((size) => [`payments ${size}`, `events ${size}`]));
});
