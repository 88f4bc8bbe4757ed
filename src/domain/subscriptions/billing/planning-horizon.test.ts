import { requireWithinHorizon } from './planning-horizon';

const now = '2026-11-21T09:00:00.000Z';
const planned = (at: string) => () => requireWithinHorizon({ at, now, pointer: '/resumeAt' });

test('ten years ahead to the millisecond is accepted, and nothing later', () => {
  expect(planned('2036-11-21T09:00:00.000Z')).not.toThrow();
  expect(planned('2036-11-21T09:00:00.001Z')).toThrow(
    expect.objectContaining({ code: 'INSTANT_TOO_LATE', pointer: '/resumeAt' }),
  );
  // As text, a year beyond 9999 sorts before every other.
  expect(planned(new Date(8.64e15).toISOString())).toThrow(expect.objectContaining({ code: 'INSTANT_TOO_LATE' }));
});

test('the refusal names the field, the rule and the latest instant', () => {
  expect(planned('2090-01-01T00:00:00.000Z')).toThrow(
    'resumeAt 2090-01-01T00:00:00.000Z is more than 10 years ahead: send an instant up to ' +
      '2036-11-21T09:00:00.000Z, or leave it out.',
  );
});
