import { describeFault, isAccepted, judgeQuery, servingIndex, type Index } from './judge-query.ts';
import { explainEach, stagesOf } from './explain-queries.ts';
import type { SentQuery } from './sent-query.ts';

const index = (fields: Index['fields'], partial: Index['partial'] = null): Index => ({
  collection: 'things',
  name: Object.keys(fields).join('+'),
  fields,
  partial,
});

const query = (filter: SentQuery['filter'], more: Partial<SentQuery> = {}): SentQuery => ({
  place: 'src/services/things.ts',
  collection: 'things',
  filter,
  sort: null,
  isLimited: false,
  hint: null,
  ...more,
});

const byTenant = index({ tenantId: 1, _id: -1 });
const byState = index({ tenantId: 1, state: 1, _id: -1 });
const byEntity = index({ tenantId: 1, entityId: 1, version: 1, _id: 1 });
const openRows = index({ dueAt: 1 }, { open: true });
const planned = index({ planned: 1 }, { planned: { $gt: 0 } });
const page = { sort: { _id: -1 }, isLimited: true } as const;

describe('an index serves', () => {
  it.each<[string, SentQuery, Index[]]>([
    ['an id, whatever else is filtered', query({ _id: 'a', tenantId: 't', state: 'open' }), []],
    ['several ids', query({ _id: { $in: ['a', 'b'] } }), []],
    ["a tenant's documents of one entity", query({ tenantId: 't', entityId: 'e', effect: 'x' }), [byEntity]],
    [
      'a page of the values in a partial index',
      query({ planned: { $gt: 0, $lte: 9 } }, { sort: { planned: 1 }, isLimited: true }),
      [planned],
    ],
    [
      'the last event of an entity',
      query({ tenantId: 't', entityId: 'e' }, { sort: { version: -1, _id: -1 } }),
      [byEntity],
    ],
    ['every page of a tenant', query({ tenantId: 't', _id: { $lt: 'a' } }, page), [byTenant]],
    ['every page of a state', query({ tenantId: 't', state: 'open' }, page), [byState]],
    ['all of some states', query({ tenantId: 't', state: { $in: ['open', 'due'] } }), [byState]],
    ['all but some states', query({ state: { $nin: ['done'] } }), [index({ state: 1, _id: 1 })]],
    ['every page of a collection', query({}, page), []],
    ['open rows that are due', query({ open: true, pending: 'mail', dueAt: { $lte: new Date() } }), [openRows]],
    ['open rows by a chosen index', query({ open: true }, { hint: 'dueAt' }), [openRows]],
    ['each alternative', query({ tenantId: 't', $or: [{ _id: 'a' }, { entityId: 'e' }] }), [byEntity]],
    [
      'an element of an array',
      query({ tenantId: 't', rows: { $elemMatch: { rowId: 'r' } } }),
      [index({ 'rows.rowId': 1 })],
    ],
    [
      'a value within a partial index',
      query({ parentId: 'p' }),
      [index({ parentId: 1 }, { parentId: { $type: 'string' } })],
    ],
  ])('%s', (_name, sent, indexes) => {
    expect(judgeQuery(sent, indexes)).toBeNull();
  });
});

describe('a scan is', () => {
  it.each<[string, SentQuery, Index[], string[]]>([
    ['a field without an index', query({ tenantId: 't', entityId: 'e' }), [byTenant], ['entityId']],
    ['a state that the index lacks', query({ tenantId: 't', state: 'open' }, page), [byTenant], ['state']],
    ['all of a tenant', query({ tenantId: 't' }), [byTenant], []],
    ['all of a collection', query({}), [byTenant], []],
    ['a leading field that the filter lacks', query({ state: 'open' }), [byState], ['state']],
    ['open rows, where the index begins with another field', query({ open: true }), [openRows], ['open']],
    ['rows that the partial index lacks', query({ dueAt: { $lte: new Date() } }), [openRows], ['dueAt']],
    ['one of several alternatives', query({ $or: [{ _id: 'a' }, { state: 'x' }] }), [byTenant], ['state']],
    ['all but one id', query({ tenantId: 't', _id: { $ne: 'a' } }), [byTenant], []],
    ['what may be below a partial index', query({ planned: null }), [planned], ['planned']],
    [
      'a null, where the partial index has strings',
      query({ parentId: null }),
      [index({ parentId: 1 }, { parentId: { $type: 'string' } })],
      ['parentId'],
    ],
  ])('%s', (_name, sent, indexes, left) => {
    expect(judgeQuery(sent, indexes)).toMatchObject({ kind: 'scan', left });
  });

  it('described with its file, its fields and the nearest index', () => {
    const fault = judgeQuery(query({ tenantId: 't', entityId: 'e' }), [byTenant])!;
    expect(describeFault(fault)).toBe(
      'src/services/things.ts sends things {tenantId, entityId}, which reads more than it returns: ' +
        'tenantId+_id leaves entityId',
    );
  });

  it('accepted for the listed file and fields only', () => {
    const fault = judgeQuery(query({ tenantId: 't', entityId: 'e' }), [byTenant])!;
    const accepted = { place: 'src/services/things.ts', left: ['entityId'], reason: 'a reason' };
    expect(isAccepted(fault, [accepted])).toBe(true);
    expect(isAccepted(fault, [{ ...accepted, place: 'src/services/others.ts' }])).toBe(false);
    expect(isAccepted(fault, [{ ...accepted, left: ['state'] }])).toBe(false);
    expect(isAccepted({ ...fault, narrowed: 2 }, [{ ...accepted, left: { afterNarrowed: 2 } }])).toBe(true);
    expect(isAccepted({ ...fault, narrowed: 1 }, [{ ...accepted, left: { afterNarrowed: 2 } }])).toBe(false);
  });
});

it('an order that no serving index has is a sort in memory', () => {
  const sorted = query({ tenantId: 't', entityId: 'e' }, { sort: { at: 1 } });
  expect(judgeQuery(sorted, [byEntity])).toMatchObject({ kind: 'sort', left: ['at'] });
  expect(judgeQuery({ ...sorted, sort: { version: 1, _id: -1 } }, [byEntity])).toMatchObject({ kind: 'sort' });
  expect(judgeQuery({ ...sorted, sort: { version: -1, _id: -1 } }, [byEntity])).toBeNull();
});

it('a page is served by the index that has its order and leaves the least to compare', () => {
  const pageOf = (filter: SentQuery['filter']) => query(filter, page);
  const both = index({ tenantId: 1, entityId: 1, state: 1, _id: -1 });
  expect(servingIndex(pageOf({ tenantId: 't', state: 'open' }), [byTenant, byState])).toEqual({
    index: 'tenantId+state+_id',
    bounds: ['tenantId', 'state'],
    left: [],
  });
  expect(servingIndex(pageOf({ tenantId: 't', state: 'open', entityId: 'e' }), [byState, both])?.left).toEqual([]);
  expect(servingIndex(pageOf({ tenantId: 't', state: 'open', key: 'k' }), [byTenant, byState])?.left).toEqual(['key']);
  expect(servingIndex(query({ tenantId: 't', entityId: 'e' }, { sort: { at: 1 } }), [byEntity])).toBeNull();
});

it('finds the stages of a plan, and those of no rejected plan', () => {
  const winningPlan = { stage: 'LIMIT', inputStage: { stage: 'FETCH', inputStages: [{ stage: 'IXSCAN' }] } };
  const queryPlanner = { winningPlan, rejectedPlans: [{ stage: 'COLLSCAN' }] };
  expect(stagesOf({ queryPlanner })).toEqual(['LIMIT', 'FETCH', 'IXSCAN']);
  expect(stagesOf({ stages: [{ $cursor: { queryPlanner } }] })).toContain('IXSCAN');
});

it('names the commands that scan and those that the server does not explain, and explains the rest', async () => {
  const commands = ['refused', 'scanned', 'served'].map((find) => ({
    place: 'src/services/things.ts',
    command: { find },
  }));
  const explain = async ({ find }: { find?: unknown }): Promise<unknown> => {
    if (find === 'refused') throw new Error('no such field');
    return { queryPlanner: { winningPlan: { stage: find === 'scanned' ? 'COLLSCAN' : 'IXSCAN' } } };
  };
  expect(await explainEach({ commands, explain })).toEqual({
    scans: [commands[1]],
    refused: ['not explained: src/services/things.ts: {"find":"refused"}: no such field'],
  });
});
