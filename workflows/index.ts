export { processPayment } from './payments/process-payment';
export { refundPayment } from './payments/refund-payment';
export { userOnboarding } from './users/user-onboarding';
export { advanceClock } from './sandbox/advance-clock';
export { subscription } from './subscriptions/subscription';
export { subscriptionPayment } from './subscriptions/subscription-payment';
