import type { ListingMailTemplate } from '../../contracts/listings/mails';
import type { MailDefinition } from '../mail-definition';
import { listingEnd, listingReminder } from './listing-end';
import { listingRejection } from './listing-rejection';
import { listingsApproved } from './listings-approved';
import { reviewsOverdue, reviewsWaiting } from './reviews-waiting';

/** The templates of the mails about listings and their reviews. */
export const listingMails: Record<ListingMailTemplate, MailDefinition> = {
  reviewsWaiting,
  reviewsOverdue,
  listingRejection,
  listingReminder,
  listingEnd,
  listingsApproved,
};
