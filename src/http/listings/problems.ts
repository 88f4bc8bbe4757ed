import type { ProblemTable } from '../problem';

/** Problems of listings and their categories. */
export const listingsProblems = {
  REF_TAKEN: { status: 409, title: 'Reference already in use' },
  CATEGORY_IN_USE: { status: 409, title: 'Category is in use' },
  CATEGORY_UNKNOWN: { status: 422, title: 'Unknown category' },
  CATEGORY_INVALID: { status: 422, title: 'Invalid category' },
  QUERY_INVALID: { status: 422, title: 'Invalid search' },
  CURRENCY_REQUIRED: { status: 422, title: 'Currency required' },
  ATTRIBUTE_INVALID: { status: 422, title: 'Invalid attribute' },
  PRICE_OUT_OF_BOUNDS: { status: 422, title: 'Price out of bounds' },
  IMAGE_URL_NOT_ALLOWED: { status: 422, title: 'Image URL not allowed' },
  DURATION_INVALID: { status: 422, title: 'Invalid duration' },
  BANNED_WORDS_INVALID: { status: 422, title: 'Invalid banned words' },
  LISTING_UNKNOWN: { status: 422, title: 'Unknown listing' },
  OWNER_INVALID: { status: 422, title: 'Invalid owner' },
  RENEWAL_TOO_LATE: { status: 409, title: 'Renewal is too late' },
  // Each day brings one more day within reach, so that response is not kept.
  RENEWAL_TOO_FAR: { status: 422, title: 'Renewal is too far ahead', notKept: true },
  NOTHING_TO_SUBMIT: { status: 409, title: 'Nothing to submit' },
  // A reviewer's decision, or the checks, cure these two.
  LISTING_IN_REVIEW: { status: 409, title: 'Listing is under review', notKept: true },
  LISTING_SUSPENDED: { status: 409, title: 'Listing is suspended', notKept: true },
  LISTING_NOT_LIVE: { status: 409, title: 'Listing is not live' },
  // Time opens a review whose checks still run, so that response is not kept.
  REVIEW_NOT_OPEN: { status: 409, title: 'Review is not open', notKept: true },
  REVIEW_CLAIMED: { status: 409, title: 'Review is claimed by someone else', notKept: true },
  REVIEWER_IS_AUTHOR: { status: 409, title: 'The reviewer is the author' },
  REVISION_CHANGED: { status: 409, title: 'Another revision is under review' },
} as const satisfies ProblemTable;
