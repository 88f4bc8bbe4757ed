import * as fc from 'fast-check';
import type { EventType } from '../../../../contracts/events';
import { newId } from '../../../../domain/ids';
import { Course, newEntity, times, type History } from './random-facts';

const HOUR_MS = 3_600_000;
const STEPS = 24;

interface Move {
  name: string;
  to: string;
  data?: object;
}

const approvedBy = (to: string, reviewer: string | null): Move => ({ name: 'approved', to, data: { reviewer } });
const rejectedTo = (to: string): Move[] => [
  { name: 'rejected', to, data: { reviewer: 'mona', reason: 'quality' } },
  { name: 'rejected', to, data: { reviewer: null, reason: 'contact_details' } },
];
const edited = (to: string): Move[] => [
  { name: 'updated', to },
  { name: 'submitted', to },
  approvedBy(to, 'mona'),
  ...rejectedTo(to),
];

const republished: Move[] = [{ name: 'republished', to: 'live' }];

/** What can happen to a listing in each state, by the table in docs/listings.md. A decision needs no review. */
const moves: Readonly<Record<string, readonly Move[]>> = {
  draft: [
    { name: 'updated', to: 'draft' },
    { name: 'submitted', to: 'in_review' },
    { name: 'submitted', to: 'in_review' },
    { name: 'submitted', to: 'in_review' },
    { name: 'deleted', to: 'deleted' },
  ],
  in_review: [
    { name: 'withdrawn', to: 'draft', data: { reason: 'other' } },
    approvedBy('live', null),
    approvedBy('live', 'mona'),
    approvedBy('expired', 'mona'),
    ...rejectedTo('rejected'),
  ],
  rejected: [{ name: 'submitted', to: 'in_review' }],
  live: [
    ...edited('live'),
    { name: 'reminded', to: 'live' },
    { name: 'renewed', to: 'live' },
    { name: 'expired', to: 'expired' },
    { name: 'expired', to: 'expired' },
    { name: 'withdrawn', to: 'withdrawn', data: { reason: 'sold' } },
    { name: 'withdrawn', to: 'withdrawn', data: { reason: 'unavailable' } },
    { name: 'suspended', to: 'suspended', data: { reason: 'Reported' } },
    { name: 'suspended', to: 'suspended', data: { reason: 'Reported again' } },
  ],
  expired: [...edited('expired'), { name: 'renewed', to: 'live' }, approvedBy('live', 'mona')],
  withdrawn: [...edited('withdrawn'), ...republished, ...republished, ...republished],
  suspended: [
    { name: 'reinstated', to: 'live' },
    { name: 'reinstated', to: 'expired' },
  ],
  deleted: [],
};

const listingShape = fc.record({
  createdMs: fc.integer({ min: -70, max: 20 }).map((hours) => hours * HOUR_MS),
  picks: fc.array(fc.nat(), { minLength: 2, maxLength: STEPS }),
  times,
  laterTimes: times,
});
type ListingShape = typeof listingShape extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Returns the histories of listings that begin in the days around an instant. */
export function randomListings(input: { tenantId: string; around: Date; count: number; seed: number }): History {
  const { count: numRuns, seed } = input;
  const shapes = fc.sample(listingShape, { numRuns, seed });
  return { entities: shapes.map((shape) => listingHistory({ ...input, shape })), postings: [] };
}

function listingHistory({ tenantId, around, shape }: { tenantId: string; around: Date; shape: ListingShape }) {
  const course = new Course(around.getTime() + shape.createdMs, [...shape.times, ...shape.laterTimes]);
  const created = course.next();
  const _id = newId('listing');
  const entity = newEntity({ collection: 'listings', _id, tenantId, fixed: { refKey: `id:${_id}` } }, created);
  entity.add('listing.created', 'draft', created);
  let state = 'draft';
  for (const pick of shape.picks) {
    const possible = moves[state]!;
    if (possible.length === 0) break;
    const { name, to, data } = possible[pick % possible.length]!;
    entity.add(`listing.${name}` as EventType, to, course.next(), data);
    state = to;
  }
  return entity;
}
