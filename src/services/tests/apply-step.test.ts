import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { paymentStates } from '../../domain/payments/payment';
import { tenantIdOf } from '../../domain/tenant';
import { seedCaptured } from '../../testing/worlds/seed-payment';
import { openTestDatabase } from '../../testing/servers/test-database';
import { acceptRefund } from '../payments/accept-refund';
import { applyStep } from '../apply-step';

const by: Actor = { kind: 'api_key', id: 'key_test' };
const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });
const LAST = '2026-11-21T09:00:00.000Z';
const EARLIER = '2026-11-21T08:59:58.500Z';
const LATER = '2026-11-21T09:00:01.250Z';

let test: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test?.drop());

const paymentDated = () => seedCaptured({ api: test, tenantId, amountMinor: 10_000 });
const timesOf = async (entityId: string) =>
  (await test.database.models.events.find({ entityId }).sort({ version: 1 }).lean()).map(({ at }) => at.toISOString());

/** Returns the time of the step, according to its result and to the writes alongside it. */
const notify = async (paymentId: string, step: string, at: string) => {
  const dates: string[] = [];
  const result = await applyStep(test.database, {
    tenantId,
    entityType: 'payment',
    entityId: paymentId,
    step,
    from: paymentStates,
    at,
    by,
    event: { type: 'payment.notified' },
    alongside: async (_session, dated) => void dates.push(dated.toISOString()),
  });
  return { written: dates.at(-1), at: result.at };
};

describe('a step with further events', () => {
  const apply = async (paymentId: string, step: string, also: string, from: readonly string[] = paymentStates) =>
    applyStep(test.database, {
      tenantId,
      entityType: 'payment',
      entityId: paymentId,
      step,
      from: [...from],
      at: LATER,
      by,
      event: { type: 'payment.fraud_checked', data: { decision: step } },
      also: [{ step: also, type: 'payment.card_checked', data: { problem: also } }],
    });

  it('records them in their order; a repeat returns the data of all and writes nothing', async () => {
    const paymentId = await paymentDated();
    const first = await apply(paymentId, 'check', 'check/card');
    expect(first).toMatchObject({ applied: true, data: { decision: 'check' }, also: [{ problem: 'check/card' }] });
    expect(await apply(paymentId, 'check', 'check/card')).toEqual({ ...first, applied: false });
    const events = await test.database.models.events.find({ entityId: paymentId }).sort({ version: 1 }).lean();
    expect(events.slice(-2).map(({ step }) => step)).toEqual(['check', 'check/card']);
    expect(events.map(({ version }) => version)).toEqual(events.map((_event, index) => index + 1));
  });

  it('that is refused has not been applied because another step recorded one of them', async () => {
    const paymentId = await paymentDated();
    await apply(paymentId, 'one', 'shared');
    await expect(apply(paymentId, 'two', 'shared', ['review'])).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  });
});

describe('the time of an entity', () => {
  it('is the time of the step, where that is later than all events before', async () => {
    const paymentId = await paymentDated();
    expect(await notify(paymentId, 'one', LATER)).toEqual({ written: LATER, at: LATER });
    expect(await timesOf(paymentId)).toEqual([LAST, LATER]);
    expect((await test.database.models.payments.findById(paymentId).lean())?.updatedAt.toISOString()).toBe(LATER);
  });

  it('never goes back: a step that read the clock before another step gets the later time', async () => {
    const paymentId = await paymentDated();
    expect(await notify(paymentId, 'late', EARLIER)).toEqual({ written: LAST, at: LAST });
    expect(await timesOf(paymentId)).toEqual([LAST, LAST]);
    expect((await test.database.models.payments.findById(paymentId).lean())?.updatedAt.toISOString()).toBe(LAST);
    expect(
      await applyStep(test.database, {
        tenantId,
        entityType: 'payment',
        entityId: paymentId,
        step: 'late',
        from: paymentStates,
        at: LATER,
        by,
        event: { type: 'payment.notified' },
      }),
    ).toMatchObject({ applied: false, at: LAST });
  });

  it('never goes back for concurrent refunds that read the clock before', async () => {
    const paymentId = await paymentDated();
    const times = [7, 2, 9, 4, 1, 8, 3, 6].map((second) => `2026-11-21T09:00:0${second}.000Z`);
    const refunds = await Promise.all(
      times.map((at) =>
        test.database.inTransaction(
          async (session) =>
            (
              await acceptRefund({
                database: test.database,
                session,
                tenantId,
                paymentId,
                amount: { amountMinor: 100, currency: 'EUR' },
                correlationId: 'test',
                by,
                at,
              })
            ).refund,
        ),
      ),
    );
    const eventTimes = await timesOf(paymentId);
    expect(eventTimes).toEqual(eventTimes.toSorted());
    for (const { _id, createdAt } of refunds) {
      const requested = await test.database.models.events
        .findOne({ entityId: paymentId, step: `refund/${_id}` })
        .lean()
        .orFail();
      expect(createdAt).toEqual(requested.at);
      expect(await timesOf(_id)).toEqual([requested.at.toISOString()]);
    }
  });
});
