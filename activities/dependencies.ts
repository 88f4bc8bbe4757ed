import type { ClientSession } from 'mongoose';
import type { PaymentGateway } from '../src/clients/gateways/payment-gateway';
import type { FraudRules } from '../src/domain/payments/fraud';
import type { acceptPayment } from '../src/services/payments/accept-payment';
import type { acceptRefund } from '../src/services/payments/accept-refund';
import type { findPlanItem } from '../src/services/subscriptions/accept-subscription';
import type { Database } from '../src/models/database';
import type { insertDocuments } from '../src/services/insert-documents';
import type { StepInput, StepResult } from '../src/services/apply-step';
import type { SandboxClockMover } from '../src/temporal/time-skipping/sandbox-clock';

/** What activities act with. Values are injected by the process, so that activities import no connection. */
export interface ActivityDependencies {
  database: Database;
  /** The guarded transition (src/services/apply-step.ts). */
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
