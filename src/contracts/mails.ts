import { listingMailTemplates } from './listings/mails';
import { subscriptionMailTemplates } from './subscriptions/mails';
import { userMailTemplates } from './users/mails';

/** Every template by its wire name, one line per domain. */
export const mailTemplates = [...userMailTemplates, ...subscriptionMailTemplates, ...listingMailTemplates] as const;
export type MailTemplate = (typeof mailTemplates)[number];
