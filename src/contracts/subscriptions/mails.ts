/** The mails about a subscription. */
export const subscriptionMailTemplates = [
  'trialEnding',
  'paymentConfirmation',
  'paymentMethodConfirmation',
  'paymentMethodRejected',
  'renewalFailed',
  'subscriptionUnpaid',
  'subscriptionCancelled',
] as const;
export type SubscriptionMailTemplate = (typeof subscriptionMailTemplates)[number];
