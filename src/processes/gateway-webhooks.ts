import type { Config } from '../../config/env';
import { WebhookSignatureInvalid } from '../clients/gateways/gateway-errors';
import { verifySandboxWebhook } from '../clients/gateways/sandbox-webhook';
import { stripeNotice, verifyStripeEvent } from '../clients/gateways/stripe/stripe-webhook';
import { DomainError } from '../domain/domain-error';
import type { GatewayWebhooks, ReadGatewayWebhook } from '../http/payments/gateway-webhooks';

/** Returns the readers of the webhooks of the configured gateways. */
export function gatewayWebhooksOf({ gateways: { sandbox, stripe } }: Pick<Config, 'gateways'>): GatewayWebhooks {
  const { webhookSecret } = sandbox;
  return {
    sandbox:
      webhookSecret === undefined
        ? null
        : refusing((input) => verifySandboxWebhook({ ...input, secret: webhookSecret })),
    stripe:
      stripe &&
      refusing(({ rawBody, headers, nowMs }) =>
        stripeNotice(verifyStripeEvent(rawBody, headers['stripe-signature'], stripe.webhookSecret, nowMs)),
      ),
  };
}

/**
 * Converts the errors of a reader to problems of the API. A signed webhook that cannot be read is the gateway's
 * mistake, not ours.
 */
function refusing(read: ReadGatewayWebhook): ReadGatewayWebhook {
  return (input) => {
    try {
      const notice = read(input);
      if (notice && Object.values(notice).some((value) => typeof value !== 'string' || value.length > 300))
        throw new TypeError('A field is missing');
      return notice;
    } catch (error) {
      if (error instanceof WebhookSignatureInvalid)
        throw new DomainError(
          'WEBHOOK_SIGNATURE_INVALID',
          `${error.message}. Sign it with the secret that is configured here.`,
        );
      throw new DomainError('INVALID_REQUEST', 'The webhook is signed, but its body is not an event of this gateway.');
    }
  };
}
