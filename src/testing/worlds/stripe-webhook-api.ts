import StripeSdk from 'stripe';
import { readConfig } from '../../../config/env';
import { newId } from '../../domain/ids';
import { gatewayWebhooksOf } from '../../processes/gateway-webhooks';
import { expectContract } from '../expect-contract';
import { OPERATOR_KEY, startTestApi } from '../test-api';

const SECRET = 'whsec_stripe_test';

/** Starts an api that takes Stripe's webhooks, with a live tenant. `counted` holds the outcomes of the webhooks. */
export async function startStripeWebhookApi() {
  const config = readConfig({
    role: 'api',
    env: {
      OPERATOR_KEY,
      TOKEN_SECRET: 'a-secret-of-the-tests-0123456789',
      LIVE_GATEWAY: 'stripe',
      STRIPE_API_KEY: 'sk_test_1',
      STRIPE_WEBHOOK_SECRET: SECRET,
    },
  });
  const counted: string[] = [];
  const metrics = { gatewayReported: ({ outcome }: { outcome: string }) => void counted.push(outcome) };
  const api = await startTestApi({ gatewayWebhooks: gatewayWebhooksOf({ config, metrics }) });
  return {
    api,
    counted,
    tenant: await api.newTenant({ mode: 'live' }),
    /** Sends an event, signed as Stripe signs it. */
    send: async (body: string, secret = SECRET) =>
      expectContract(
        await api
          .call('post', '/webhooks/stripe')
          .set({
            'Content-Type': 'application/json',
            'Stripe-Signature': StripeSdk.webhooks.generateTestHeaderString({ payload: body, secret }),
          })
          .send(body),
      ),
  };
}

let created = 1_900_000_000;

/** Returns an event of Stripe, a second later than the one before, or that many seconds before the next. */
export function stripeEventOf(type: string, object: object, { secondsEarlier }: { secondsEarlier?: number } = {}) {
  const at = secondsEarlier === undefined ? created++ : created - secondsEarlier;
  return JSON.stringify({ id: newId('event'), object: 'event', type, created: at, data: { object } });
}
