import { listingMailTemplates } from './listings/mails';
import { reportMailTemplates } from './reports/mails';
import { subscriptionMailTemplates } from './subscriptions/mails';
import { userMailTemplates } from './users/mails';

/** Every template by its wire name, one line per domain. */
export const mailTemplates = [
  ...userMailTemplates,
  ...subscriptionMailTemplates,
  ...listingMailTemplates,
  ...reportMailTemplates,
] as const;
export type MailTemplate = (typeof mailTemplates)[number];
