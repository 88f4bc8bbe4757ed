/** The mails about a subscription. */
export const subscriptionMailTemplates = [
  'trialEnding',
  'firstChargeFailed',
  'paymentConfirmation',
  'paymentMethodConfirmation',
  'paymentMethodRejected',
  'renewalFailed',
  'subscriptionUnpaid',
  'planChangeFailed',
  'resumeFailed',
  'subscriptionExpired',
  'subscriptionCancelled',
] as const;
export type SubscriptionMailTemplate = (typeof subscriptionMailTemplates)[number];
