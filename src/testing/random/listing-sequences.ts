import * as fc from 'fast-check';

const HOUR_MS = 3_600_000;
/**
 * Every step of time stays ten minutes away from every midnight, and from the end of every claim, so that it makes no
 * difference how long a request takes.
 */
export const TO_THE_END_MS = 70 * 60_000;

/** The least price of the category `bikes`. */
export const LEAST_PRICE = 100;
/** The highest price of the category `scooters`, which is too high for `bikes`. */
export const DEAREST_PRICE = 2_000_000;
/** Stands for no price, which the category lets a draft have and nothing that buyers see. */
export const NO_PRICE = 0;

export type ListingPatch = Partial<{ title: string; category: string; price: number }>;
const patch: fc.Arbitrary<ListingPatch> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ title: fc.constantFrom('A red bicycle', 'A blue bicycle', 'A green bicycle') }) },
  { weight: 3, arbitrary: fc.record({ price: fc.constantFrom(LEAST_PRICE, 200, 300) }) },
  { weight: 1, arbitrary: fc.record({ price: fc.constantFrom(LEAST_PRICE - 1, NO_PRICE) }) },
  {
    weight: 2,
    arbitrary: fc.record({ title: fc.constantFrom('A red bicycle', 'A blue bicycle'), price: fc.constant(200) }),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      { category: fc.constantFrom('bikes', 'scooters'), price: fc.constantFrom(NO_PRICE, 200, 300, DEAREST_PRICE) },
      { requiredKeys: ['category'] },
    ),
  },
);
/** The seller submits and the owner owns, so neither may decide. */
const reviewer = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('mona', 'mona', 'otto') },
  { weight: 1, arbitrary: fc.constantFrom('seller', 'owner') },
);
const decision = { reviewer, isStale: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)) };

const move = fc.oneof(
  { weight: 20, arbitrary: fc.record({ what: fc.constant('proceed' as const) }) },
  { weight: 12, arbitrary: fc.record({ what: fc.constant('edit' as const), patch }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('set_duration' as const), days: fc.constantFrom(3, 30) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('submit' as const),
      renewDays: fc.constantFrom(null, null, 5, 360),
      submittedBy: fc.constantFrom(null, 'seller'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('approve' as const), ...decision }) },
  { weight: 7, arbitrary: fc.record({ what: fc.constant('reject' as const), ...decision }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('claim' as const), reviewer }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('withdraw' as const) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('republish' as const) }) },
  { weight: 10, arbitrary: fc.record({ what: fc.constant('renew' as const), days: fc.constantFrom(1, 5, 30, 365) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('expire' as const) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('suspend' as const) }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('reinstate' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('delete' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('pass' as const),
      byMs: fc.constantFrom(...[1 / 3, 2 / 3, 26, 26, 80, 200, 1000].map((hours) => hours * HOUR_MS)),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      what: fc.constant('pass_to_end' as const),
      /** Relative to the end of the listing. */
      byMs: fc.constantFrom(-TO_THE_END_MS, TO_THE_END_MS, TO_THE_END_MS),
    }),
  },
);
export type ListingMove = typeof move extends fc.Arbitrary<infer T> ? T : never;
/** A move that is sent to the listing: not time, and not the move that brings it on, which is one of the others. */
export type ListingCommand = Exclude<ListingMove, { what: 'proceed' | 'pass' | 'pass_to_end' }>;

/** Generates the life of a listing of any kind, in the hands of its partner, its reviewers and time. */
export const listingSequences = ({ maxMoves }: { maxMoves: number }) =>
  fc.record({
    /** In a category that is reviewed `never`, a submission is approved at once. */
    policy: fc.oneof(
      { weight: 5, arbitrary: fc.constant('always' as const) },
      { weight: 1, arbitrary: fc.constant('never' as const) },
    ),
    duration: fc.oneof(
      { weight: 3, arbitrary: fc.record({ durationDays: fc.constantFrom(3, 20) }) },
      { weight: 2, arbitrary: fc.record({ lastDayIn: fc.constantFrom(0, 1, 9) }) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    graceDays: fc.constantFrom(2, 30),
    moves: fc.array(fc.record({ move, isRepeated: fc.constantFrom(false, false, false, true) }), {
      minLength: 8,
      maxLength: maxMoves,
      size: 'max',
    }),
  });
export type ListingSequence = ReturnType<typeof listingSequences> extends fc.Arbitrary<infer T> ? T : never;
export type NewListingTerms = Pick<ListingSequence, 'policy' | 'graceDays'> & {
  duration: { durationDays?: number; lastDayIn?: number };
};
