import type { FakeAnswer } from './fake-stripe';
import { GatewayUnavailable } from '../gateway-errors';
import type { LookUpInput } from '../payment-gateway';
import { KEY, call, intent, useFakeStripe } from './stripe-test-bed';

const { stripe, gateway } = useFakeStripe();

describe('lookUp', () => {
  const lookUp = (more: Partial<LookUpInput> = {}) =>
    gateway().lookUp({ ...call('pay_1:authorise:1'), operation: 'authorise', ...more });
  const list = (...data: object[]): FakeAnswer => ({ status: 200, body: { object: 'list', data, has_more: false } });
  const intentBody = (more: object) => (intent(more) as { body: object }).body;

  test('searches an authorisation by the key in metadata, and changes nothing', async () => {
    stripe().answer({ status: 200, body: { object: 'search_result', data: [intentBody({})], has_more: false } });
    expect(await lookUp()).toMatchObject({
      status: 'found',
      operation: 'authorise',
      result: { status: 'authorised', authorisationId: 'pi_1' },
    });
    expect(stripe().requests).toMatchObject([{ method: 'GET', path: '/v1/payment_intents/search' }]);
    expect(stripe().requests[0]?.query.get('query')).toBe(`metadata["idempotency_key"]:"${KEY}"`);
  });

  test('reads a known authorisation directly, and finds none of another key or tenant', async () => {
    stripe().answer(intent());
    expect(await lookUp({ authorisationId: 'pi_1' })).toMatchObject({ status: 'found' });
    expect(await lookUp({ authorisationId: 'pi_1', tenantId: 'ten_b' })).toEqual({ status: 'not_found' });
    expect(stripe().requests[0]).toMatchObject({ method: 'GET', path: '/v1/payment_intents/pi_1' });
  });

  test("finds a capture by its own key, a void by the state, a refund among the intent's refunds", async () => {
    stripe().answer(
      intent({ status: 'succeeded', amount_received: 1050, metadata: { capture_idempotency_key: 'ten_a:c' } }),
    );
    expect(await lookUp({ idempotencyKey: 'c', operation: 'capture', authorisationId: 'pi_1' })).toMatchObject({
      status: 'found',
      result: { status: 'captured' },
    });
    expect(await lookUp({ idempotencyKey: 'other', operation: 'capture', authorisationId: 'pi_1' })).toEqual({
      status: 'not_found',
    });
    expect(await lookUp({ idempotencyKey: 'v', operation: 'void', authorisationId: 'pi_1' })).toEqual({
      status: 'not_found',
    });
    stripe().answer(
      list(
        { id: 're_0', metadata: {} },
        { id: 're_1', status: 'failed', amount: 5, currency: 'eur', metadata: { idempotency_key: 'ten_a:r' } },
      ),
    );
    expect(await lookUp({ idempotencyKey: 'r', operation: 'refund', authorisationId: 'pi_1' })).toMatchObject({
      status: 'found',
      result: { status: 'rejected', reason: 'refund_failed' },
    });
  });

  test.each<[string, FakeAnswer]>([
    ['no answer', 'silence'],
    ['still processing', intent({ status: 'processing' })],
  ])('%s makes it unavailable, never unknown', async (_name, answer) => {
    stripe().answer(answer);
    await expect(lookUp({ authorisationId: 'pi_1' })).rejects.toBeInstanceOf(GatewayUnavailable);
  });
});
