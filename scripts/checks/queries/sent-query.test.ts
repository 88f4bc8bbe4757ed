import { branchesOf, queriesOf, shapeOf, type Document } from './sent-query.ts';

const place = 'src/services/things.ts';
const sent = (command: Document) => queriesOf({ place, command });

it.each<[string, Document, object]>([
  ['find', { find: 'things', filter: { a: 1 }, sort: { b: 1 }, limit: 2 }, { sort: { b: 1 }, isLimited: true }],
  ['find without a limit', { find: 'things', filter: { a: 1 }, sort: {}, limit: 0 }, { sort: null, isLimited: false }],
  ['count', { count: 'things', query: { a: 1 }, hint: 'by_a' }, { hint: 'by_a' }],
  ['distinct', { distinct: 'things', key: 'b', query: { a: 1 } }, { isLimited: false }],
  ['findAndModify', { findAndModify: 'things', query: { a: 1 }, update: {} }, { isLimited: true }],
  ['update', { update: 'things', updates: [{ q: { a: 1 }, u: {} }] }, { isLimited: true }],
  ['update of many', { update: 'things', updates: [{ q: { a: 1 }, u: {}, multi: true }] }, { isLimited: false }],
  ['delete', { delete: 'things', deletes: [{ q: { a: 1 }, limit: 0 }] }, { isLimited: false }],
  ['aggregate', { aggregate: 'things', pipeline: [{ $match: { a: 1 } }, { $group: {} }] }, { isLimited: false }],
])('reads the filter of %s', (_name, command, more) => {
  expect(sent(command)).toEqual([expect.objectContaining({ place, collection: 'things', filter: { a: 1 }, ...more })]);
});

it('reads every statement of a command, and none of an insert', () => {
  expect(sent({ update: 'things', updates: [{ q: { a: 1 } }, { q: { b: 1 } }] })).toHaveLength(2);
  expect(sent({ insert: 'things', documents: [{}] })).toEqual([]);
  expect(sent({ aggregate: 'things', pipeline: [{ $group: {} }] })).toMatchObject([{ filter: {} }]);
});

it('splits a filter at every $or, and joins every $and', () => {
  const filter = { a: 1, $or: [{ b: { $gt: 1 } }, { $and: [{ c: { $regex: 'x' } }, { a: { $lt: 3 } }] }] };
  expect(branchesOf(filter)).toEqual([
    { a: { use: 'point', values: [1] }, b: { use: 'range', values: [] } },
    { a: { use: 'point', values: [1] }, c: { use: 'rest', values: [] } },
  ]);
});

it('has one shape for every value of a type and every number of alternatives', () => {
  const shape = (filter: Document) => sent({ find: 'things', filter }).map(shapeOf).join();
  expect(shape({ a: 'x', b: { $in: ['y'] } })).toBe(shape({ b: 'z', a: { $in: ['u', 'v'] } }));
  expect(shape({ $or: [{ a: 1 }, { a: 2 }] })).toBe(shape({ $or: [{ a: 3 }] }));
  expect(shape({ a: 'x' })).not.toBe(shape({ a: null }));
  expect(shape({ a: true })).not.toBe(shape({ a: false }));
});
