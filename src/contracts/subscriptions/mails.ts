/** The mails about a subscription. */
export const subscriptionMailTemplates = [
  'trialEnding',
  'renewalFailed',
  'subscriptionUnpaid',
  'subscriptionCancelled',
  'subscriptionRefunded',
  'refundFailed',
] as const;
export type SubscriptionMailTemplate = (typeof subscriptionMailTemplates)[number];
