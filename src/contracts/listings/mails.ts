/** The mails about listings and their reviews. */
export const listingMailTemplates = ['reviewsWaiting', 'reviewsOverdue', 'listingRejection'] as const;
export type ListingMailTemplate = (typeof listingMailTemplates)[number];
