import type { GatewayNotice, PaymentWarning } from '../../contracts/payments/gateway-notice';
import type { Database } from '../../models/database';
import type { GatewayName } from '../../domain/tenant';
import { keepGatewayEvent } from '../../services/payments/keep-gateway-event';
import { keepPaymentWarning } from '../../services/payments/keep-payment-warning';
import type { OutboxRow } from '../../models/outbox-row';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';

/**
 * Checks the signature of a gateway's webhook and returns its report; undefined for a webhook about nothing of ours or
 * of an unknown form.
 * @throws DomainError `WEBHOOK_SIGNATURE_INVALID`
 */
export type ReadGatewayWebhook = (input: {
  rawBody: Buffer;
  headers: Record<string, string | undefined>;
  nowMs: number;
}) => GatewayNotice | PaymentWarning | undefined;

/** Null where the gateway is not configured: its address then answers like any unknown one. */
export type GatewayWebhooks = Record<GatewayName, ReadGatewayWebhook | null>;

export interface GatewayWebhookHandlersInput {
  database: Database;
  gatewayWebhooks: GatewayWebhooks;
  /** Sends a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/**
 * Where gateways report. An event is written down before it is answered, once however often it comes. An event about a
 * call does no more than tell the process concerned to look at the gateway's books; a dispute or a fraud warning is
 * recorded on its payment.
 */
export function gatewayWebhookHandlers({
  database,
  gatewayWebhooks,
  startSoon,
}: GatewayWebhookHandlersInput): Handlers<'receiveStripeWebhook' | 'receiveSandboxWebhook'> {
  const receive = async (
    gateway: GatewayName,
    { rawBody, headers, correlationId }: CallOf<'receiveStripeWebhook'>,
  ): Promise<Reply> => {
    const read = gatewayWebhooks[gateway];
    if (!read) throw notFound('webhook here: this gateway is not configured');
    const report = read({ rawBody, headers, nowMs: Date.now() });
    if (report && 'kind' in report) {
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
