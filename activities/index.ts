import type { ClientSession } from 'mongoose';
import type { PaymentGateway } from '../src/clients/payment-gateway';
import type { FraudRules } from '../src/domain/fraud';
import type { acceptPayment } from '../src/models/accept-payment';
import type { acceptRefund } from '../src/models/accept-refund';
import type { findPlanItem } from '../src/models/accept-subscription';
import type { Database } from '../src/models/database';
import type { insertDocuments } from '../src/models/insert-documents';
import type { StepInput, StepResult } from '../src/models/apply-step';
import type { SandboxClockMover } from '../src/temporal/sandbox-clock';
import { createNotificationActivities } from './notifications';
import { createOnboardingActivities } from './onboarding';
import { createPaymentCheckActivities } from './payment-checks';
import { createPaymentCompensationActivities } from './payment-compensation';
import { createPaymentGatewayActivities } from './payment-gateway';
import { createPaymentActivities } from './payments';
import { createRefundActivities } from './refunds';
import { createSandboxClockActivities } from './sandbox-clock';
import { createSubscriptionChangeActivities } from './subscription-changes';
import { createSubscriptionPaymentActivities } from './subscription-payments';
import { createSubscriptionActivities } from './subscriptions';
import { createWelcomePackageActivities } from './welcome-package';

/** What activities act with. Values are injected by the process, so that activities import no connection. */
export interface ActivityDependencies {
  database: Database;
  /** The guarded transition (src/models/apply-step.ts). */
  applyStep: (database: Database, input: StepInput, within?: ClientSession) => Promise<StepResult>;
  /** Writes new documents, held to their schema (src/models/insert-documents.ts). */
  insertDocuments: typeof insertDocuments;
  /** Where escalations go. */
  operatorEmail: string;
  /** Moves sandbox clocks (src/temporal/sandbox-clock.ts). */
  sandboxClock: SandboxClockMover;
  /** The gateway of a tenant: sandbox tenants have the simulated one. */
  gatewayFor: (tenantId: string) => PaymentGateway;
  /** Default: `defaultFraudRules`. */
  fraudRules?: FraudRules;
  /** How a subscription's charges and refunds are accepted, and its plans read (src/models). */
  acceptPayment: typeof acceptPayment;
  acceptRefund: typeof acceptRefund;
  findPlanItem: typeof findPlanItem;
}

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
