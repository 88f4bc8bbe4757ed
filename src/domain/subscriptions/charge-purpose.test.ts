import { purposeOfCharge } from './charge-purpose';

const createdAt = new Date('2027-01-01T09:00:00.400Z');
const immediate = { paidUntil: null, trialEndAt: null, startAt: new Date('2027-01-01T09:00:00Z'), createdAt };
const later = new Date('2027-01-15T09:00:00Z');

test.each([
  ['the first, immediately after the create', {}, 'initial'],
  ['the first after a trial', { trialEndAt: later }, 'renewal'],
  ['the first at a future start', { startAt: later }, 'renewal'],
  ['the second', { paidUntil: later }, 'renewal'],
] as const)('a charge that is %s: %#', (_name, given, purpose) => {
  expect(purposeOfCharge({ ...immediate, ...given })).toBe(purpose);
});
