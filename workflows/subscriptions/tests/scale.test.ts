import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { processPaymentId } from '../../../src/contracts/payments/payment';
import { subscriptionPaymentId } from '../../../src/contracts/subscriptions/subscription';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const DAY = 86_400_000;
const MINUTE = 60_000;
// A hundred over two years take three minutes on two quiet cores.
const SUBSCRIPTIONS = casesOf({ short: 8, long: 100 });
const MONTHS = casesOf({ short: 12, long: 24 });
/** Nine days past the last renewal, so that none is under way when the clock stops. */
const WAY_MS = casesOf({ short: 374, long: 740 }) * DAY;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];
const eventsOf = async (handle: WorkflowHandle) => (await handle.fetchHistory()).events ?? [];

/** Returns the number of billed actions by name: timers, child starts, activities and messages. */
function billed(events: readonly HistoryEvent[]): Record<string, number> {
  const names = events.flatMap((event) => [
    ...(event.timerStartedEventAttributes ? ['timer'] : []),
    ...(event.startChildWorkflowExecutionInitiatedEventAttributes
      ? [`child ${event.startChildWorkflowExecutionInitiatedEventAttributes.workflowType!.name!}`]
      : []),
    ...(event.activityTaskScheduledEventAttributes
      ? [event.activityTaskScheduledEventAttributes.activityType!.name!]
      : []),
    ...(event.workflowExecutionSignaledEventAttributes ? ['signal'] : []),
    ...(event.workflowExecutionUpdateAcceptedEventAttributes ? ['update'] : []),
    ...(event.markerRecordedEventAttributes ? ['marker'] : []),
    ...(event.upsertWorkflowSearchAttributesEventAttributes ? ['search attributes'] : []),
  ]);
  return Object.fromEntries(names.map((name) => [name, names.filter((other) => other === name).length]));
}
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

it('a renewal bills no more than its timer, its children and the activities of the design', async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.until(id, 'active');
  await world.untilSettled(id);
  await world.advance(id, 32 * DAY);
  const before = (await eventsOf(world.handle(id))).length;
  await world.advance(id, 31 * DAY);
  const [, , invoice] = await world.invoices(id);
  const child = world.client.workflow.getHandle(
    subscriptionPaymentId({ subscriptionId: id, periodStart: invoice!.period.startAt, attempt: 1 }),
  );
  const payment = world.client.workflow.getHandle(processPaymentId(invoice!.attempts[0]!.paymentId));
  // This renewal's timer started earlier; the next renewal's timer is counted instead.
  const items = {
    subscription: billed((await eventsOf(world.handle(id))).slice(before)),
    subscriptionPayment: billed(await eventsOf(child)),
    processPayment: billed(await eventsOf(payment)),
  };
  expect(items).toEqual({
    subscription: { timer: 1, 'child subscriptionPayment': 1 },
    subscriptionPayment: {
      getSubscriptionDetails: 1,
      createInvoice: 1,
      'child processPayment': 1,
      updateSubscription: 1,
    },
    processPayment: {
      validatePayment: 1,
      checkPayment: 1,
      processPaymentGateway: 2,
    },
  });
  const named = 1 + 2 + 3 + 4;
  const total = sum(items.subscription) + sum(items.subscriptionPayment) + sum(items.processPayment);
  expect(total / named).toBeLessThanOrEqual(1.2);
});

it('a long history continues as new, loses no command and doubles no renewal', async () => {
  const id = await world.subscribe({ planId: await world.plan({ interval: 'day' }) });
  await world.until(id, 'active');
  const first = (await world.handle(id).describe()).runId;
  const sent: { commandId: string; outcome: unknown }[] = [];
  const isFirstRun = async () => (await world.handle(id).describe()).runId === first;
  const sendOn = async () => {
    while (await isFirstRun()) {
      const commandId = randomUUID();
      await world.database.models.commandPayloads.create({
        _id: commandId,
        tenantId: world.tenantId,
        entityId: id,
        payload: { paymentMethod: 'pm_ok' },
        createdAt: new Date(),
      });
      // A command without an answer in time is repeated with its id, as an api's client does.
      for (let outcome: unknown; outcome === undefined;) {
        outcome = await world
          .command(id, 'updatePaymentMethod', {}, { commandId })
          .catch((error: { code?: string }) => {
            if (error.code !== 'OUTCOME_PENDING') throw error;
          });
        if (outcome !== undefined) sent.push({ commandId, outcome });
      }
    }
  };
  // Changes that are undone unless a renewal comes first; a repeat of either command would be refused.
  const undone: { commandId: string; outcome: unknown }[] = [];
  const changeAndUndo = async () => {
    for (let quantity = 2; await isFirstRun(); quantity++) {
      const { planId } = (await world.read(id)).item;
      const commandId = randomUUID();
      try {
        await world.command(id, 'changePlan', { planId, quantity, when: 'period_end' });
        undone.push({ commandId, outcome: await world.command(id, 'undoSubscriptionChange', {}, { commandId }) });
      } catch (error) {
        expect(['NOTHING_TO_UNDO', 'OUTCOME_PENDING', 'CHANGE_WAITING']).toContain((error as { code?: string }).code);
      }
    }
  };
  const renew = async () => {
    while (await isFirstRun()) await world.advance(id, 3 * DAY);
  };
  await Promise.all([sendOn(), sendOn(), changeAndUndo(), renew()]);

  const runs = await eventsOf(world.client.workflow.getHandle(`subscription/${id}`, first));
  expect(runs.at(-1)!.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
  expect(runs.length).toBeLessThan(4096);
  const applied = (await world.events(id))
    .filter(({ type }) => type === 'subscription.payment_method_changed')
    .map(({ step }) => step);
  expect(applied.sort()).toEqual(sent.map(({ commandId }) => `command/${commandId}`).sort());
  // The new run knows the last commands, even when MongoDB is not queried first.
  await world.untilSettled(id);
  const { commandId, outcome } = undone.at(-1)!;
  expect(
    await world
      .handle(id)
      .executeUpdate('undoSubscriptionChange', { args: [{ commandId, by: tester }], updateId: `again-${commandId}` }),
  ).toEqual(outcome);
  expect((await world.events(id)).filter(({ type }) => type === 'subscription.undone')).toHaveLength(undone.length);

  const invoices = await world.invoices(id);
  expect(invoices.map(({ state }) => state)).toEqual(invoices.map(() => 'paid'));
  for (const [index, { period }] of invoices.entries())
    if (index > 0) expect(period.startAt).toBe(invoices[index - 1]!.period.endAt);
  const captured = invoices.reduce((total, invoice) => total + invoice.total.amountMinor, 0);
  expect(await world.bankBalance(id)).toEqual({ captured, refunded: 0, authorisations: invoices.length });
  process.stderr.write(
    `Continued as new after ${runs.length} events, ${sent.length} commands, ${invoices.length} renewals\n`,
  );
});

it(`${SUBSCRIPTIONS} subscriptions run for ${MONTHS} months, each charged once a month`, async () => {
  const crowd: SubscriptionWorld = await openSubscriptionWorld({
    workflowsPath: require.resolve('../../../src/testing/worlds/instant-payments.ts'),
    // Writes what the payment's own workflow would have written.
    wrap: (activities) => ({
      ...activities,
      async createInvoice(input) {
        const answer = await activities.createInvoice(input);
        const payments = crowd.database.models.payments.collection;
        if (answer.paymentId)
          await payments.updateOne({ _id: answer.paymentId as never }, [
            { $set: { state: 'captured', capturedMinor: '$amount.amountMinor' } },
          ]);
        return answer;
      },
    }),
  });
  try {
    const planId = await crowd.plan();
    const began = Date.now();
    const ids = await Promise.all(Array.from({ length: SUBSCRIPTIONS }, () => crowd.subscribe({ planId })));
    await Promise.all(ids.map((id) => crowd.untilSettled(id, 2 * MINUTE)));
    await Promise.all(
      ids.map(async (id) => {
        await crowd.fastForward(id, WAY_MS);
        await crowd.untilSettled(id, 2 * MINUTE);
      }),
    );
    const ms = Date.now() - began;
    for (const id of ids) {
      const invoices = await crowd.invoices(id);
      expect(invoices.length).toBe(MONTHS + 1);
      for (const [index, { state, period, attempts, createdAt }] of invoices.entries()) {
        expect([state, attempts.map((made) => made.state)]).toEqual(['paid', ['paid']]);
        if (index > 0) expect(period.startAt).toBe(invoices[index - 1]!.period.endAt);
        expect(Math.abs(createdAt.getTime() - Date.parse(period.startAt))).toBeLessThan(MINUTE);
      }
    }
    const lengths = await Promise.all(ids.map(async (id) => (await crowd.handle(id).describe()).historyLength));
    expect(Math.max(...lengths)).toBeLessThan(4096);
    const rate = ((SUBSCRIPTIONS * (MONTHS + 1) * 1000) / ms).toFixed(1);
    process.stderr.write(
      `${SUBSCRIPTIONS} subscriptions × ${MONTHS} months: ${ms} ms, ` +
        `${rate} charges/s, at most ${Math.max(...lengths)} events\n`,
    );
  } finally {
    await crowd.close();
  }
});
