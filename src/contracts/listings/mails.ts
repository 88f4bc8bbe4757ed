/** The mails about listings and their reviews. */
export const listingMailTemplates = [
  'reviewsWaiting',
  'reviewsOverdue',
  'listingRejection',
  'listingReminder',
  'listingEnd',
  'listingsApproved',
] as const;
export type ListingMailTemplate = (typeof listingMailTemplates)[number];
