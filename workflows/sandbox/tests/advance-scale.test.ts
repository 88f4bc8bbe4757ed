import { subscriptionId as workflowIdOf } from '../../../src/contracts/subscriptions/subscription';
import { STALL_AFTER_MS } from '../../../src/temporal/time-skipping/time-skipping';
import { describeWorkflow } from '../../../src/temporal/time-skipping/time-skipping-api';
import { startBusyPrograms } from '../../../src/testing/faults/busy-programs';
import { inBatches } from '../../../src/testing/in-batches';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { advanceHere } from '../../../src/testing/worlds/advance-here';
import { PATIENT_STALL_MS } from '../../../src/testing/worlds/base-world';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const SUBSCRIPTIONS = casesOf({ short: 12, long: 100 });
const BUSY_PROGRAMS = casesOf({ short: 0, long: 2 });
/** In the long form the limit of production is what is tested. */
const STALL_MS = casesOf({ short: PATIENT_STALL_MS, long: STALL_AFTER_MS });
/** For what hangs. */
const TEST_MS = casesOf({ short: 600_000, long: 1_800_000 });
/** The subscriptions' first charges are spread over so many days. */
const SPREAD_DAYS = casesOf({ short: 6, long: 12 });

let world: SubscriptionWorld;
let endBusyPrograms = (): void => undefined;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(async () => {
  endBusyPrograms();
  await world?.close();
});

it(
  `a crowd of ${SUBSCRIPTIONS} renews day by day, each at its time, however busy the machine`,
  async () => {
    const { tenantId, client, clock, database } = world;
    const planIds: string[] = [];
    for (let day = 0; day < SPREAD_DAYS; day += 1) planIds.push(await world.plan({ trialDays: 1 + 2 * day }));
    const ids = await inBatches(Array.from({ length: SUBSCRIPTIONS }), (_, index) =>
      world.subscribe({ planId: planIds[index % SPREAD_DAYS]! }),
    );
    for (const id of ids) await world.until(id, 'trialing');
    endBusyPrograms = startBusyPrograms(BUSY_PROGRAMS);
    const began = Date.now();
    expect(await advanceHere({ world, by: 'P40D', stallAfterMs: STALL_MS })).toBeNull();
    const tookMs = Date.now() - began;

    const clockMs = await clock.offsetMs(tenantId);
    let charges = 0;
    for (const id of ids) {
      const snapshot = await describeWorkflow({ client, workflowId: workflowIdOf(id) });
      expect(Math.abs(snapshot!.offsetMs - clockMs)).toBeLessThan(MINUTE);
      const invoices = await world.invoices(id);
      charges += invoices.length;
      expect(invoices.length).toBeGreaterThanOrEqual(1);
      for (const { state, period, createdAt } of invoices) {
        expect(state).toBe('paid');
        expect(Math.abs(createdAt.getTime() - Date.parse(period.startAt))).toBeLessThan(HOUR);
      }
    }
    const inOrderOfRecording = await database.models.events.find({ tenantId }).sort({ _id: 1 }).lean();
    inOrderOfRecording.reduce((latest, { at }) => {
      expect(at.getTime()).toBeGreaterThan(latest - DAY - HOUR);
      return Math.max(latest, at.getTime());
    }, 0);
    process.stderr.write(
      `${SUBSCRIPTIONS} subscriptions × 40 days, ${BUSY_PROGRAMS} busy programs beside: ${tookMs} ms, ` +
        `${charges} charges, ${((charges * 1000) / tookMs).toFixed(1)}/s\n`,
    );
  },
  TEST_MS,
);
