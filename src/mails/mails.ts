import type { MailTemplate } from '../contracts/mails';
import { listingMails } from './listings/mails';
import type { MailDefinition } from './mail-definition';
import { reportMails } from './reports/mails';
import { subscriptionMails } from './subscriptions/mails';
import { userMails } from './users/mails';

/** Every template by its wire name, one line per domain. */
export const mails: Record<MailTemplate, MailDefinition> = {
  ...userMails,
  ...subscriptionMails,
  ...listingMails,
  ...reportMails,
};
