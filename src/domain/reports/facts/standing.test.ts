import { stateAt, type StateFact } from './standing';

const endAt = new Date('2026-04-01T00:00:00Z');
const asOf = new Date('2026-04-01T06:00:00Z');
const fact = (state: string, version: number, at: string, recordedAt = at): StateFact => ({
  state,
  version,
  at: new Date(at),
  recordedAt: new Date(recordedAt),
});

it('the state at the end is that of the last event dated before it', () => {
  const facts = [
    fact('captured', 3, '2026-04-01T00:00:00Z'),
    fact('accepted', 1, '2026-03-31T10:00:00Z'),
    fact('unknown', 2, '2026-03-31T23:59:59.999Z'),
  ];
  expect(stateAt(facts, { endAt, asOf })).toBe('unknown');
  expect(stateAt(facts, { endAt: new Date('2026-04-01T00:00:00.001Z'), asOf })).toBe('captured');
});

it('an event that was recorded after asOf does not count', () => {
  const facts = [
    fact('unknown', 1, '2026-03-31T10:00:00Z'),
    fact('captured', 2, '2026-03-31T11:00:00Z', '2026-04-01T06:00:00.001Z'),
  ];
  expect(stateAt(facts, { endAt, asOf })).toBe('unknown');
});

it('what was accepted at the end or later was not there', () => {
  expect(stateAt([fact('accepted', 1, '2026-04-01T00:00:00Z')], { endAt, asOf })).toBeNull();
});
