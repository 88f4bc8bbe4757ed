import type { ProbeImages } from '../src/clients/egress/probe-images';
import type { PaymentGateway } from '../src/clients/gateways/payment-gateway';
import type { ListingSearch } from '../src/contracts/listings/search';
import type { RenderReport } from '../src/domain/reports/render-input';
import type { FileStore } from '../src/domain/reports/file-store';
import type { FraudRules } from '../src/domain/payments/fraud';
import type { Database } from '../src/models/database';
import type { SandboxClockMover } from '../src/temporal/time-skipping/sandbox-clock';

/**
 * The connections and settings that activities use. The process injects them, so that activities import no connection.
 */
export interface ActivityDependencies {
  database: Database;
  /** The e-mail address that receives escalations. */
  operatorEmail: string;
  /** Moves sandbox clocks (src/temporal/time-skipping/sandbox-clock.ts). */
  sandboxClock: SandboxClockMover;
  /** The search index of listings. */
  listingSearch: ListingSearch;
  /** Calls the URLs of a listing's images (src/clients/egress/probe-images.ts). */
  probeImages: ProbeImages;
  /** The files of reports. */
  fileStore: FileStore;
  /** Renders a report in a format (src/renderers/reports/render-report.ts). */
  renderReport: RenderReport;
  /** Returns the gateway of a tenant: sandbox tenants have the simulated one. */
  gatewayFor: (tenantId: string) => PaymentGateway;
  /** Defaults to `defaultFraudRules`. */
  fraudRules?: FraudRules;
}
