import type { FigureDefinition } from '../report-type';

const ofReviews = [
  {
    id: 'listings_created',
    title: 'Listings created',
    unit: 'count',
    sentence: 'The listings that were created in the window.',
    formula: 'The events `listing.created` dated in the window.',
    example: { given: 'Three listings are created, and two of them are submitted.', value: '3' },
  },
  {
    id: 'listings_submitted',
    title: 'Listings submitted',
    unit: 'count',
    sentence: 'The submissions for review in the window; a listing that is submitted again counts again.',
    formula: 'The events `listing.submitted` dated in the window.',
    example: { given: 'Three listings are created, and two of them are submitted.', value: '2' },
  },
  {
    id: 'listings_approved',
    title: 'Listings approved',
    unit: 'count',
    sentence: 'The approvals of the window, by whom: `person` or `checks`.',
    formula: 'The events `listing.approved` dated in the window; one with a reviewer is by a person.',
    example: { given: 'A reviewer approves one listing, the checks approve two, and one is rejected.', value: '3' },
  },
  {
    id: 'listings_rejected',
    title: 'Listings rejected',
    unit: 'count',
    sentence:
      'The rejections of the window, by whom: `person`, `checks`, or `silence` where nobody decided and the settings ' +
      'of the partner reject.',
    formula: 'The events `listing.rejected` dated in the window; one with a reviewer is by a person.',
    example: { given: 'A reviewer approves one listing, the checks approve two, and one is rejected.', value: '1' },
  },
  {
    id: 'listings_approved_share',
    title: 'Share of listings approved',
    unit: 'share',
    sentence: 'The share of approvals among the decisions of the window.',
    formula: '`listings_approved` ÷ (`listings_approved` + `listings_rejected`); nothing over no decision.',
    example: { given: 'A reviewer approves one listing, the checks approve two, and one is rejected.', value: '0.75' },
  },
] as const satisfies readonly FigureDefinition[];

const given = 'Ten listings are submitted; the first is decided after 1 minute, the second after 2 and so on to 10.';
const times =
  'the times from the last `listing.submitted` before a decision to `listing.approved` or `listing.rejected`, in ' +
  'whole seconds, rounded down, by nearest rank, over the decisions dated in the window';

const durations = [
  {
    id: 'listing_decision_median',
    title: 'Median time from submission to decision',
    unit: 'seconds',
    sentence: 'The time within which half of the decisions of the window were made, since the submission.',
    formula: `The median of ${times}.`,
    example: { given, value: '300' },
  },
  {
    id: 'listing_decision_p90',
    title: '90th percentile of the time from submission to decision',
    unit: 'seconds',
    sentence: 'The time within which nine in ten decisions of the window were made, since the submission.',
    formula: `The 90th percentile of ${times}.`,
    example: { given, value: '540' },
  },
] as const satisfies readonly FigureDefinition[];

/** Everything that happens to the one published listing of an example. */
const life = 'A listing expires, is renewed, withdrawn, republished, suspended and reinstated.';

const ofBuyers = [
  {
    id: 'listings_live_start',
    title: 'Live at the start',
    unit: 'count',
    sentence: 'The listings that buyers saw when the window began.',
    formula: 'The listings that went live before the window less those that went off, as in the figures below.',
    example: { given: 'Two listings go live before the window, and one of them expires in it.', value: '2' },
  },
  {
    id: 'listings_went_live',
    title: 'Went live',
    unit: 'count',
    sentence: 'How often buyers came to see a listing in the window, by the event that did it.',
    formula:
      'The events `listing.approved`, `renewed`, `republished` and `reinstated` dated in the window that found a ' +
      'listing which was not live and left it live.',
    example: { given: life, value: '3' },
  },
  {
    id: 'listings_went_off',
    title: 'Went off',
    unit: 'count',
    sentence: 'How often buyers ceased to see a listing in the window, by the event that did it.',
    formula:
      'The events `listing.expired`, `withdrawn` and `suspended` dated in the window that found a listing live and ' +
      'left it otherwise.',
    example: { given: life, value: '3' },
  },
  {
    id: 'listings_live_end',
    title: 'Live at the end',
    unit: 'count',
    sentence: 'The listings that buyers saw when the window ended.',
    formula: '`listings_live_start` + `listings_went_live` − `listings_went_off`.',
    example: { given: 'Two listings go live before the window, and one of them expires in it.', value: '1' },
  },
  {
    id: 'listings_renewed',
    title: 'Listings renewed',
    unit: 'count',
    sentence: 'The renewals of the window, before the end of a listing or after it.',
    formula: 'The events `listing.renewed` dated in the window.',
    example: { given: 'A live listing is renewed, and one that has expired.', value: '2' },
  },
  {
    id: 'listings_republished',
    title: 'Listings republished',
    unit: 'count',
    sentence: 'The withdrawn listings that were republished in the window.',
    formula: 'The events `listing.republished` dated in the window.',
    example: { given: life, value: '1' },
  },
  {
    id: 'listings_reinstated',
    title: 'Listings reinstated',
    unit: 'count',
    sentence: 'The suspended listings that a reviewer reinstated in the window, also those whose time was over.',
    formula: 'The events `listing.reinstated` dated in the window.',
    example: { given: life, value: '1' },
  },
  {
    id: 'listings_expired',
    title: 'Listings expired',
    unit: 'count',
    sentence: 'The listings whose time passed in the window, or was ended by the partner.',
    formula: 'The events `listing.expired` dated in the window; one is dated at the end of its listing.',
    example: { given: life, value: '1' },
  },
  {
    id: 'listings_withdrawn',
    title: 'Listings withdrawn',
    unit: 'count',
    sentence: 'The listings that were withdrawn in the window, also those that waited for their first decision.',
    formula: 'The events `listing.withdrawn` dated in the window.',
    example: { given: 'A live listing is withdrawn, and one under its first review.', value: '2' },
  },
  {
    id: 'listings_suspended',
    title: 'Listings suspended',
    unit: 'count',
    sentence: 'The listings that a reviewer suspended in the window.',
    formula: 'The events `listing.suspended` dated in the window.',
    example: { given: life, value: '1' },
  },
] as const satisfies readonly FigureDefinition[];

/** What became of listings in review, and what buyers came and ceased to see. */
export const listingFigures: readonly FigureDefinition[] = [...ofReviews, ...durations, ...ofBuyers];
