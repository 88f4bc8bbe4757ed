import { newId } from '../../../domain/ids';
import type { Payment } from '../../../models/payments/payment';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { expectContract } from '../../../testing/expect-contract';
import { seedCaptured } from '../../../testing/worlds/seed-payment';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let key: string;
let tenantId: string;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const get = async (path: string) => expectContract(await api.call('get', path, key));

describe('invoices', () => {
  it('are read by id and from their subscription, by state', async () => {
    const { subscriptionId, invoiceId } = await seedSubscription({ api, tenantId });
    const { body } = await get(`/invoices/${invoiceId}`);
    expect(body).toMatchObject({
      state: 'paid',
      subscriptionId,
      total: { amountMinor: 2900, currency: 'EUR' },
      lines: [{ kind: 'period', description: 'Pro', quantity: 1 }],
      attempts: [{ attempt: 1, state: 'paid' }],
      waitingFor: null,
    });
    expect((await get(`/subscriptions/${subscriptionId}/invoices`)).body.items).toEqual([body]);
    expect((await get(`/subscriptions/${subscriptionId}/invoices?state=open`)).body.items).toEqual([]);
    expect((await get(`/invoices/${newId('invoice')}`)).status).toBe(404);
  });

  it('show the amounts paid and due, and the amount that each attempt captured', async () => {
    const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    const { invoiceId } = await seedSubscription({ api, tenantId });
    // A paid attempt without `paidMinor` paid the whole total.
    expect((await get(`/invoices/${invoiceId}`)).body).toMatchObject({
      amountPaid: eur(2900),
      amountDue: eur(0),
      attempts: [{ amountPaid: eur(2900) }],
    });
    await api.database.models.invoices.updateOne(
      { _id: invoiceId },
      { $set: { state: 'open', paidAt: null, 'attempts.0.paidMinor': 600, 'attempts.0.reason': 'paid_in_part' } },
    );
    expect((await get(`/invoices/${invoiceId}`)).body).toMatchObject({
      amountPaid: eur(600),
      amountDue: eur(2300),
      attempts: [{ state: 'paid', amountPaid: eur(600), reason: 'paid_in_part' }],
    });
  });

  const nextAt = new Date('2027-01-05T00:00:00.000Z');
  const charge = {
    periodStart: '2026-12-21T09:00:00.000Z',
    attempt: 1,
    rung: 1,
    failedAt: new Date('2027-01-04T00:00:00.000Z'),
    nextAt,
  } as const;
  /** Stores an open invoice with one attempt, its subscription and its payment in the given states. */
  const openInvoice = async ({
    status,
    as = {},
    payment = {},
  }: {
    status: 'due' | 'pending' | 'failed';
    as?: Partial<Subscription>;
    payment?: Partial<Payment>;
  }) => {
    const { models } = api.database;
    const { subscriptionId, invoiceId } = await seedSubscription({
      api,
      tenantId,
      as: { state: 'past_due', nextPeriodAt: new Date('2027-02-01T00:00:00.000Z'), ...as },
    });
    await models.subscriptions.updateOne(
      { _id: subscriptionId },
      { $set: { charge: { ...charge, invoiceId, status, ...(status === 'failed' ? {} : { nextAt: null }) } } },
    );
    const paymentId = await seedCaptured({ api, tenantId, state: 'authorising' });
    await models.payments.updateOne({ _id: paymentId }, { $set: payment });
    const attempts = [
      { attempt: 1, paymentId, at: nextAt, state: status === 'pending' ? 'pending' : 'failed', reason: null },
    ] as const;
    await models.invoices.updateOne(
      { _id: invoiceId },
      { $set: { state: 'open', paidAt: null, attempts: [...attempts] } },
    );
    return { subscriptionId, invoiceId, paymentId };
  };

  it.each<[string, Parameters<typeof openInvoice>[0], string, string | null]>([
    ['charged again', { status: 'failed' }, 'charged again', nextAt.toISOString()],
    [
      'given up',
      { status: 'failed', as: { state: 'unpaid' } },
      'without a payment the subscription is cancelled',
      nextAt.toISOString(),
    ],
    [
      'cancelled before that',
      { status: 'failed', as: { waiting: { what: 'cancel' }, nextPeriodAt: new Date('2027-01-04T12:00:00.000Z') } },
      'when the subscription is cancelled',
      '2027-01-04T12:00:00.000Z',
    ],
    ['charged immediately by another payment method', { status: 'due' }, 'final result', null],
    ['settled by the gateway', { status: 'pending' }, 'final result', null],
    [
      'looked up',
      { status: 'pending', payment: { state: 'unknown', unknownCall: 'authorise', until: nextAt } },
      "its payment, which waits for the gateway's books",
      nextAt.toISOString(),
    ],
    [
      'reviewed',
      { status: 'pending', payment: { state: 'review', until: nextAt } },
      "its payment, which waits for a reviewer's decision",
      nextAt.toISOString(),
    ],
    [
      'withdrawn',
      {
        status: 'pending',
        payment: { state: 'review', until: nextAt, undoing: { towards: 'cancelled', reason: 'cancelled' } },
      },
      'final result',
      null,
    ],
  ])('that are open show when they will be %s', async (_what, standing, what, until) => {
    const { subscriptionId, invoiceId } = await openInvoice(standing);
    const { body } = await get(`/invoices/${invoiceId}`);
    expect(body.waitingFor).toEqual({ what: expect.stringContaining(what), until });
    expect((await get(`/subscriptions/${subscriptionId}/invoices`)).body.items).toEqual([body]);
  });

  it('change their tag when they wait for something else', async () => {
    const { subscriptionId, invoiceId, paymentId } = await openInvoice({ status: 'pending' });
    const { models } = api.database;
    const tags: string[] = [];
    const readTag = async () => {
      tags.push((await get(`/invoices/${invoiceId}`)).headers.etag!);
      const again = await api.call('get', `/invoices/${invoiceId}`, key).set('If-None-Match', tags.at(-1)!);
      expect(again.status).toBe(304);
    };
    await readTag();
    await models.payments.updateOne(
      { _id: paymentId },
      { $set: { state: 'review', until: nextAt }, $inc: { version: 1 } },
    );
    await readTag();
    await models.subscriptions.updateOne(
      { _id: subscriptionId },
      { $set: { 'charge.status': 'due' }, $inc: { version: 1 } },
    );
    await readTag();
    await models.invoices.updateOne({ _id: invoiceId }, { $set: { state: 'void' }, $inc: { version: 1 } });
    await readTag();
    expect(new Set(tags).size).toBe(4);
  });
});
