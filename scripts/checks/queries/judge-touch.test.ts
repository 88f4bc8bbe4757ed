import { describeUntouched } from './judge-touch.ts';

const touchedAt = new Date();
const update = (u: unknown) => ({
  update: 'payments',
  updates: [
    { q: {}, u: { $set: { touchedAt } } },
    { q: {}, u },
  ],
});

it.each([
  ['an update', update({ $set: { state: 'captured' } })],
  ['a pipeline', update([{ $set: { state: 'captured' } }])],
  ['an increment', update({ $inc: { version: 1 } })],
  ['a replacement', update({ state: 'captured' })],
  ['a guarded update', { findAndModify: 'payments', query: {}, update: { $set: { chain: null } } }],
  ['a document', { insert: 'payments', documents: [{ touchedAt }, { state: 'accepted' }] }],
])('%s without touchedAt is reported with its file', (_what, command) => {
  expect(describeUntouched({ place: 'src/a.ts', command }, ['payments'])).toMatch(
    /^src\/a\.ts writes payments \(\w+\) /,
  );
  expect(describeUntouched({ place: 'src/a.ts', command }, ['refunds'])).toBeNull();
});

it.each([
  ['an update', update({ $set: { touchedAt }, $inc: { version: 1 } })],
  ["the server's time", update({ $currentDate: { touchedAt: true } })],
  ['a pipeline', update([{ $set: { state: 'captured' } }, { $set: { touchedAt } }])],
  ['a document', { insert: 'payments', documents: [{ touchedAt }] }],
  ['a removal', { findAndModify: 'payments', query: {}, remove: true }],
  ['a query', { find: 'payments', filter: {} }],
])('%s is in order', (_what, command) => {
  expect(describeUntouched({ place: 'src/a.ts', command }, ['payments'])).toBeNull();
});
