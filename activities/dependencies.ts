import type { PaymentGateway } from '../src/clients/gateways/payment-gateway';
import type { FraudRules } from '../src/domain/payments/fraud';
import type { Database } from '../src/models/database';
import type { SandboxClockMover } from '../src/temporal/time-skipping/sandbox-clock';

/** What activities act with. Values are injected by the process, so that activities import no connection. */
export interface ActivityDependencies {
  database: Database;
  /** Where escalations go. */
  operatorEmail: string;
  /** Moves sandbox clocks (src/temporal/time-skipping/sandbox-clock.ts). */
  sandboxClock: SandboxClockMover;
  /** The gateway of a tenant: sandbox tenants have the simulated one. */
  gatewayFor: (tenantId: string) => PaymentGateway;
  /** Default: `defaultFraudRules`. */
  fraudRules?: FraudRules;
}
