import type { GatewayNotice, MethodReport, PaymentWarning } from '../../contracts/payments/gateway-notice';
import { DomainError } from '../../domain/domain-error';
import type { Database } from '../../models/database';
import type { GatewayName } from '../../domain/tenant';
import { keepGatewayEvent } from '../../services/payments/keep-gateway-event';
import { keepPaymentWarning } from '../../services/payments/keep-payment-warning';
import type { OutboxRow } from '../../models/outbox-row';
import type { CallOf, Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';

/**
 * Checks the signature of a gateway's webhook and returns the report it carries; undefined for an event that concerns
 * none of our payments or refunds, or that has an unknown form.
 * @throws DomainError `WEBHOOK_SIGNATURE_INVALID`
 */
export type ReadGatewayWebhook = (input: {
  rawBody: Buffer;
  headers: Record<string, string | undefined>;
  nowMs: number;
}) => GatewayNotice | MethodReport | PaymentWarning | undefined;

/** Null for a gateway that is not configured: its address then responds 404 like an unknown one. */
export type GatewayWebhooks = Record<GatewayName, ReadGatewayWebhook | null>;

export interface GatewayWebhookHandlersInput {
  database: Database;
  gatewayWebhooks: GatewayWebhooks;
  /** Records how saving a payment method went on, on whatever wanted it saved. */
  keepMethodReport: (input: { database: Database; gateway: GatewayName; report: MethodReport }) => Promise<void>;
  /** Sends a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/**
 * Receives the gateways' webhooks. An event is stored before it is acknowledged, once however often it arrives. An
 * event about a call only makes the process concerned query the gateway: late, duplicate and out-of-order events change
 * nothing. A dispute or a fraud warning is recorded on its payment, a saved payment method on its subscription.
 */
export function gatewayWebhookHandlers({
  database,
  gatewayWebhooks,
  keepMethodReport,
  startSoon,
}: GatewayWebhookHandlersInput): Handlers<'receiveStripeWebhook' | 'receiveSandboxWebhook'> {
  const receive = async (
    gateway: GatewayName,
    { rawBody, headers, correlationId }: CallOf<'receiveStripeWebhook'>,
  ): Promise<Reply> => {
    const read = gatewayWebhooks[gateway];
    if (!read) throw new DomainError('NOT_FOUND', 'No webhook is received here: this gateway is not configured.');
    const report = read({ rawBody, headers, nowMs: Date.now() });
    if (report && 'kind' in report && report.kind === 'method') {
      await keepMethodReport({ database, gateway, report });
    } else if (report && 'kind' in report) {
      await keepPaymentWarning({ database, gateway, warning: report });
    } else if (report) {
      const row = await keepGatewayEvent({ database, gateway, notice: report, correlationId });
      if (row) startSoon(row);
    }
    return { status: 200, body: { received: true } };
  };
  return {
    receiveStripeWebhook: (call) => receive('stripe', call),
    receiveSandboxWebhook: (call) => receive('sandbox', call),
  };
}
