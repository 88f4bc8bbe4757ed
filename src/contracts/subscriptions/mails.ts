/** The mails about a subscription. */
export const subscriptionMailTemplates = [
  'trialEnding',
  'firstChargeFailed',
  'renewalFailed',
  'subscriptionUnpaid',
  'subscriptionExpired',
  'subscriptionCancelled',
] as const;
export type SubscriptionMailTemplate = (typeof subscriptionMailTemplates)[number];
