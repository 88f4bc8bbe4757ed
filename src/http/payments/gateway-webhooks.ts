import type { GatewayNotice } from '../../contracts/payments/gateway-notice';
import type { Database } from '../../models/database';
import type { GatewayName } from '../../domain/tenant';
import { keepGatewayEvent } from '../../services/payments/keep-gateway-event';
import type { OutboxRow } from '../../models/outbox-row';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';

/**
 * Checks the signature of a gateway's webhook and says what it is about; undefined for one that is about nothing of
 * ours.
 * @throws DomainError `WEBHOOK_SIGNATURE_INVALID`, `INVALID_REQUEST`
 */
export type ReadGatewayWebhook = (input: {
  rawBody: Buffer;
  headers: Record<string, string | undefined>;
  nowMs: number;
}) => GatewayNotice | undefined;

/** Null where the gateway is not configured: its address then answers like any unknown one. */
export type GatewayWebhooks = Record<GatewayName, ReadGatewayWebhook | null>;

export interface GatewayWebhookHandlersInput {
  database: Database;
  gatewayWebhooks: GatewayWebhooks;
  /** Sends a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/**
 * Where gateways report. An event is written down before it is answered, once however often it comes, and does no more
 * than tell the process concerned to look at the gateway's books: late, doubled and disordered ones change nothing.
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
    const notice = read({ rawBody, headers, nowMs: Date.now() });
    const row = notice ? await keepGatewayEvent({ database, gateway, notice, correlationId }) : null;
    if (row) startSoon(row);
    return { status: 200, body: { received: true } };
  };
  return {
    receiveStripeWebhook: (call) => receive('stripe', call),
    receiveSandboxWebhook: (call) => receive('sandbox', call),
  };
}
