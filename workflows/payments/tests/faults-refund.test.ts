import { differences } from '../../../src/testing/expect-books';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { createFaultySteps, modes, scenariosIn, type Cell, type Mode } from '../../../src/testing/faults/faulty-steps';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { inBatches } from '../../../src/testing/in-batches';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { restartByOperator } from '../../../src/testing/worlds/restart-by-operator';

const DAY_MS = 86_400_000;
const CENT = { amountMinor: 1, currency: 'EUR' };

interface Scenario {
  paymentMethod?: string;
  steps: readonly string[];
  /** Runs before the refund's process starts. */
  prepare?: (refundId: string) => Promise<unknown>;
  /** The ending, whatever goes wrong. Refunds are counted in the gateway's own books. */
  ends: { refund: 'succeeded' | 'failed'; refunds: number; effect: 'done' | 'none' };
}

let world: PaymentWorld;
/** An undisturbed refund of each scenario. */
const undisturbed = new Map<string, string>();
const gateway = createFaultyGateway();
const faulty = createFaultySteps();

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({
    wrap: faulty.wrap,
    wrapGateway: (real) => faulty.wrapGateway(gateway.wrap(real)),
    webhooks: false,
    gatewayTimeoutMs: 10_000,
  });
  faulty.attach(world);
  for (const [name, scenario] of Object.entries(scenarios))
    undisturbed.set(name, await refund(await captured(scenario), scenario));
});
afterAll(() => world?.close());

const refunded: Scenario['ends'] = { refund: 'succeeded', refunds: 1, effect: 'done' };
const scenarios: Record<string, Scenario> = {
  'that the gateway makes': { steps: ['beginRefund', 'processRefundGateway', 'settleRefund'], ends: refunded },
  'that the gateway refuses': {
    steps: ['processRefundGateway', 'settleRefund'],
    paymentMethod: 'pm_refund_fails',
    ends: { refund: 'failed', refunds: 0, effect: 'none' },
  },
  'that got no answer for a day': {
    steps: ['processRefundGateway', 'reportOverdueRefund', 'settleRefund'],
    async prepare(refundId) {
      gateway.faults.silent.add(`${refundId}:refund`);
      await world.database.models.refunds.updateOne(
        { _id: refundId },
        { $set: { createdAt: new Date(Date.now() - DAY_MS - 1000) } },
      );
    },
    ends: refunded,
  },
};

/** Runs one of several concurrent refunds of a payment. */
async function refund(paymentId: string, { prepare }: Scenario, cell?: Cell): Promise<string> {
  const {
    refund: { _id: id },
    row,
  } = await world.acceptRefund(paymentId, CENT);
  await prepare?.(id);
  if (cell) faulty.set(id, cell);
  await world.starter.start(row);
  try {
    await world.refundHandle(id).result();
  } catch {
    const { state } = await world.readRefund(id);
    // The outcome is unknown: the amount stays reserved, and an operator restarts the process.
    if (state === 'pending') {
      expect((await world.read(paymentId)).pendingRefundMinor).toBeGreaterThan(0);
      await (await restartByOperator(world, { entityType: 'refund', entityId: id })).result();
    }
  }
  return id;
}

async function standing(refundId: string) {
  const { state, paymentId } = await world.readRefund(refundId);
  const items = (await world.bankItems(paymentId)).filter(
    ({ idempotencyKey, outcome }) => idempotencyKey.startsWith(refundId) && outcome === 'refunded',
  );
  const { refund: effect } = await world.effects(refundId);
  const listed = await world.database.models.stuckItems.countDocuments({ entityId: refundId, open: true });
  return { refund: state, refunds: items.length, effect, listed, outstanding: faulty.outstanding(refundId) };
}

async function captured({ paymentMethod = 'pm_ok' }: Scenario): Promise<string> {
  const id = await world.pay({ paymentMethod });
  await world.handle(id).result();
  return id;
}

/** Runs every cell of a scenario against one payment. Returns the outcomes and the expected ones. */
async function play(name: string, mode: Mode) {
  const scenario = scenarios[name]!;
  const paymentId = await captured(scenario);
  const cells = faulty.cells({ mode, steps: scenario.steps, like: undisturbed.get(name)! });
  const outcomes = await inBatches(
    cells,
    async (cell) => [cell.name, await standing(await refund(paymentId, scenario, cell))] as const,
  );
  const { refundedMinor, pendingRefundMinor } = await world.read(paymentId);
  const { problems } = await differences(world, paymentId);
  return {
    played: { ...Object.fromEntries(outcomes), refundedMinor, pendingRefundMinor, problems },
    expected: {
      ...Object.fromEntries(cells.map((cell) => [cell.name, { ...scenario.ends, listed: 0, outstanding: [] }])),
      refundedMinor: cells.length * scenario.ends.refunds,
      pendingRefundMinor: 0,
      problems: [],
    },
  };
}

describe('a refund whose step', () => {
  it.each(modes)('%s ends by what the gateway did, once, and releases its reservation', async (mode) => {
    for (const name of scenariosIn(mode, scenarios)) {
      const { played, expected } = await play(name, mode);
      expect({ [name]: played }).toEqual({ [name]: expected });
    }
  });
});
