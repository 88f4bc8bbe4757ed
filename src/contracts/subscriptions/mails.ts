/** The mails about a subscription. */
export const subscriptionMailTemplates = [
  'trialEnding',
  'renewalFailed',
  'subscriptionUnpaid',
  'planChangeFailed',
  'resumeFailed',
  'subscriptionCancelled',
] as const;
export type SubscriptionMailTemplate = (typeof subscriptionMailTemplates)[number];
