import type { EventData, EventSentence } from '../event-sentence';
import { mailEvents } from '../mail-events';

const findingsOf = ({ score, findings }: EventData): string =>
  `score ${String(score)} of 100, ${String(findings)} finding(s)`;

const renewalOf = ({ renewDays }: EventData): string =>
  typeof renewDays === 'number' ? `; its approval renews it by ${renewDays} day(s)` : '';

const revisionOf = ({ revision }: EventData): string => `revision ${String(revision)}`;

/**
 * Every event of a listing or of a review by its wire name, with its sentence. Texts of listings stay out of the data.
 */
export const listingEvents = {
  ...mailEvents('listing'),
  'listing.created': () => 'The listing was created as a draft.',
  'listing.updated': ({ fields, revision }: EventData) =>
    `The listing was changed${Array.isArray(fields) ? ` (${fields.join(', ')})` : ''}; revision ${String(revision)} ` +
    'is its newest.',
  'listing.submitted': (data) => `The listing was submitted for review (${revisionOf(data)})${renewalOf(data)}.`,
  'listing.checked': (data) => `The listing was checked: ${findingsOf(data)}.`,
  'listing.approved': (data) =>
    `The listing was approved (${revisionOf(data)}): its new content is what buyers see while it is live.`,
  'listing.published': (data) => `The approved content is live: buyers see ${revisionOf(data)} from now on.`,
  'listing.rejected': (data) => `The listing was rejected (${revisionOf(data)}): ${String(data.reason)}.`,
  'listing.withdrawn': ({ reason }: EventData) =>
    `The listing was withdrawn${typeof reason === 'string' ? ` (${reason})` : ''}.`,
  'listing.republished': () => 'The listing was republished.',
  'listing.renewed': ({ days, lastDay, lastDayBefore }: EventData) =>
    `The listing was renewed by ${String(days)} day(s); its last day is ${String(lastDay)}, before it was ` +
    `${String(lastDayBefore)}.`,
  'listing.expired': ({ lastDay }: EventData) => `The listing expired; its last day was ${String(lastDay)}.`,
  'listing.suspended': ({ reason }: EventData) => `A reviewer suspended the listing: ${String(reason)}`,
  'listing.reinstated': ({ reason }: EventData) => `A reviewer reinstated the listing: ${String(reason)}`,
  'listing.reminded': ({ daysLeft, lastDay }: EventData) =>
    `The owner was to be reminded that the listing ends: ${String(daysLeft)} day(s) are left, ${String(lastDay)} is ` +
    'its last day.',
  'listing.deleted': () => 'The listing was deleted.',

  ...mailEvents('listing_review'),
  'listing_review.opened': (data) => `The review began (${revisionOf(data)}).`,
  'listing_review.checked': (data) => `The checks ended: ${findingsOf(data)}.`,
  'listing_review.queued': () => 'The review waits for a reviewer.',
  'listing_review.claimed': ({ reviewer }: EventData) => `${String(reviewer)} claimed the review.`,
  'listing_review.released': ({ reviewer }: EventData) => `${String(reviewer)} released the review.`,
  'listing_review.escalated': () => 'Nobody decided within 48 hours; the deputies are being notified.',
  'listing_review.approved': ({ reviewer }: EventData) =>
    typeof reviewer === 'string' ? `${reviewer} approved the listing.` : 'The checks approved the listing.',
  'listing_review.rejected': ({ reviewer, reason }: EventData) =>
    typeof reviewer === 'string'
      ? `${reviewer} rejected the listing (${String(reason)}).`
      : `The listing was rejected without a person (${String(reason)}).`,
  'listing_review.superseded': () => 'The listing was edited; the review of its new revision takes this place.',
  'listing_review.cancelled': () => 'The review ended without a decision: there is nothing to review any more.',
  'listing_review.restarted': () => 'An operator restarted the process from the recorded state.',
  'listing_review.closed': () => 'An operator closed the review.',
} as const satisfies Record<string, EventSentence>;
