import type { Config } from '../../config/env';
import { WebhookSignatureInvalid } from '../clients/gateways/gateway-errors';
import { verifySandboxWebhook } from '../clients/gateways/sandbox-webhook';
import { stripeReport, verifyStripeEvent } from '../clients/gateways/stripe/stripe-webhook';
import type { GatewayNotice, MethodReport, PaymentWarning } from '../contracts/payments/gateway-notice';
import { DomainError } from '../domain/domain-error';
import type { GatewayName } from '../domain/tenant';
import type { GatewayWebhooks, ReadGatewayWebhook } from '../http/payments/gateway-webhooks';
import type { Metrics } from '../telemetry/metrics';

export interface GatewayWebhooksInput {
  config: Pick<Config, 'gateways'>;
  metrics: Pick<Metrics, 'gatewayReported'>;
}

/** Returns the readers of the webhooks of the configured gateways. */
export function gatewayWebhooksOf({ config, metrics }: GatewayWebhooksInput): GatewayWebhooks {
  const { sandbox, stripe } = config.gateways;
  const { webhookSecret } = sandbox;
  return {
    sandbox:
      webhookSecret === undefined
        ? null
        : counted('sandbox', metrics, (input) => verifySandboxWebhook({ ...input, secret: webhookSecret })),
    stripe:
      stripe &&
      counted('stripe', metrics, ({ rawBody, headers, nowMs }) =>
        stripeReport(verifyStripeEvent(rawBody, headers['stripe-signature'], stripe.webhookSecret, nowMs)),
      ),
  };
}

type ReadReport = (
  input: Parameters<ReadGatewayWebhook>[0],
) => GatewayNotice | MethodReport | PaymentWarning | 'foreign' | 'unknown_form';

/**
 * Counts the webhooks by their outcome and converts an invalid signature to a problem of the API. A signed webhook of
 * an unknown form is accepted like one that concerns nothing of ours: the gateway would repeat it for days, and nobody
 * here could act on it.
 */
const counted =
  (gateway: GatewayName, metrics: GatewayWebhooksInput['metrics'], read: ReadReport): ReadGatewayWebhook =>
  (input) => {
    const count = (outcome: string): void => metrics.gatewayReported({ gateway, outcome });
    try {
      const report = read(input);
      if (typeof report === 'object' && isReadable(report)) {
        count('taken');
        return report;
      }
      count(typeof report === 'string' ? report : 'unknown_form');
      return undefined;
    } catch (error) {
      if (!(error instanceof WebhookSignatureInvalid)) {
        count('unknown_form');
        return undefined;
      }
      count('refused');
      throw new DomainError(
        'WEBHOOK_SIGNATURE_INVALID',
        `${error.message}. Sign it with the secret that is configured here.`,
      );
    }
  };

const MAX_NAME_LENGTH = 300;

/** Returns true when every name in a report is text of a plausible length. */
function isReadable(report: GatewayNotice | MethodReport | PaymentWarning): boolean {
  return [report.eventId, report.type, ...namesOf(report)].every(
    (name: unknown) => typeof name === 'string' && name !== '' && name.length <= MAX_NAME_LENGTH,
  );
}

function namesOf(report: GatewayNotice | MethodReport | PaymentWarning): string[] {
  if (!('kind' in report)) return [report.tenantId, report.idempotencyKey, report.authorisationId];
  return report.kind === 'method'
    ? [report.tenantId, report.idempotencyKey, report.setupId]
    : [report.warningId, report.reason, report.authorisationId];
}
