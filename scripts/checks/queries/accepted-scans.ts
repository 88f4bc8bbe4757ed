import type { Accepted } from './judge-query.ts';

/** Queries that read more than they return, each with the reason why that is right. */
export const acceptedScans: readonly Accepted[] = [
  {
    place: 'src/services/delete-in-slices.ts',
    left: ['_id'],
    reason: 'A reset reads all of a tenant, except the record of its own request.',
  },
  {
    place: 'src/services/subscriptions/paid-funds.ts',
    left: ['createdAt', '_id'],
    reason: 'Sorts the paid invoices of one subscription.',
  },
  {
    place: 'src/services/subscriptions/mrr/compare-movements.ts',
    left: [],
    reason: 'The verification reads all of a tenant.',
  },
  {
    place: 'src/services/sandbox/operation-progress.ts',
    left: [],
    reason: 'Counts the events since the advance began, and reads no others.',
  },
  {
    place: 'src/services/payments/ledger-balance.ts',
    left: [],
    reason: 'The balance is the sum of all postings; a stored sum would be a second truth beside them.',
  },
  {
    place: 'src/services/reports/gather/read-events.ts',
    left: ['_id'],
    reason: 'Counts the events of one window in an index that has the id too.',
  },
  {
    place: 'src/services/reports/buckets/recorded-days.ts',
    left: [],
    reason: 'Counts the events of one day of recording.',
  },
  {
    place: 'src/services/reports/buckets/compare-postings.ts',
    left: [],
    reason: 'The verification reads all of a tenant.',
  },
  {
    place: 'src/services/reports/gather/read-buckets.ts',
    left: ['kind'],
    reason: 'The index has the kind behind the days of the window.',
  },
  {
    place: 'src/services/reports/continue-statements.ts',
    left: { afterNarrowed: 2 },
    reason: 'A month has few statements: in one zone or two, and made again a few times.',
  },
  {
    place: 'src/services/reports/gather/read-postings.ts',
    left: ['recordedAt'],
    reason: 'Counts the movements of one window; few are recorded after a report of it is made.',
  },
  {
    place: 'src/services/reports/gather/read-postings.ts',
    left: ['currency', 'recordedAt'],
    reason: 'Counts the movements of one window in one currency; a tenant has few.',
  },
  {
    place: 'src/temporal/time-skipping/tenant-workflows.ts',
    left: ['createdAt'],
    reason: 'Reads what is open, as the first query of an advance does.',
  },
  {
    place: 'src/temporal/time-skipping/tenant-workflows.ts',
    left: ['state'],
    reason: 'Reads what a tenant has created since its advance began, or what is open, whichever is less.',
  },
  {
    place: 'src/temporal/time-skipping/tenant-workflows.ts',
    left: ['tenantId'],
    reason: 'The index of withdrawn charges contains only those under way, which are few in all tenants together.',
  },
  {
    place: 'src/http/replies/list.ts',
    left: { afterNarrowed: 2 },
    reason: 'Every two filters of a list have an index; a third is compared in what these two leave.',
  },
  {
    place: 'src/http/replies/list.ts',
    left: ['_id'],
    reason: 'Reads the live listings in their order, without those whose time has passed since the last sweep.',
  },
  {
    place: 'src/http/replies/list.ts',
    left: ['expiresAt'],
    reason: 'The next page of the same list.',
  },
  {
    place: 'src/http/replies/list.ts',
    left: ['claimedUntil'],
    reason:
      'Claims last half an hour: a reviewer has few, and passed ones are no more than the decisions of that time.',
  },
  {
    place: 'src/services/listings/reviews/claim-review.ts',
    left: ['authors', 'claimedUntil'],
    reason: "Steps over the claimed reviews and the reviewer's own, which are few at the head of the queue.",
  },
  {
    place: 'src/mails/listings/reviews-waiting.ts',
    left: ['isAnnounced'],
    reason: 'The checks of a review take seconds, so few reviews are in their state.',
  },
];
