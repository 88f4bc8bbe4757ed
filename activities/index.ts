import type { ActivityDependencies } from './dependencies';
import { createNotificationActivities } from './users/notifications';
import { createOnboardingActivities } from './users/onboarding';
import { createPaymentCheckActivities } from './payments/payment-checks';
import { createPaymentCompensationActivities } from './payments/payment-compensation';
import { createPaymentGatewayActivities } from './payments/payment-gateway';
import { createPaymentActivities } from './payments/payments';
import { createRefundActivities } from './payments/refunds';
import { createSandboxClockActivities } from './sandbox/sandbox-clock';
import { createSubscriptionChangeActivities } from './subscriptions/subscription-changes';
import { createSubscriptionPaymentActivities } from './subscriptions/subscription-payments';
import { createSubscriptionActivities } from './subscriptions/subscriptions';
import { createWelcomePackageActivities } from './users/welcome-package';

/** Every activity by its wire name: the one list. */
export const createActivities = (dependencies: ActivityDependencies) => ({
  ...createOnboardingActivities(dependencies),
  ...createNotificationActivities(dependencies),
  ...createWelcomePackageActivities(dependencies),
  ...createSandboxClockActivities(dependencies),
  ...createPaymentCheckActivities(dependencies),
  ...createPaymentGatewayActivities(dependencies),
  ...createPaymentActivities(dependencies),
  ...createPaymentCompensationActivities(dependencies),
  ...createRefundActivities(dependencies),
  ...createSubscriptionActivities(dependencies),
  ...createSubscriptionChangeActivities(dependencies),
  ...createSubscriptionPaymentActivities(dependencies),
});

export type Activities = ReturnType<typeof createActivities>;
