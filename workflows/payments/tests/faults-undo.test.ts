import { randomUUID } from 'node:crypto';
import type { Activities } from '../../../activities';
import { settledPaymentStates } from '../../../src/domain/payments/payment';
import { differences } from '../../../src/testing/expect-books';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { createFaultySteps, modes, scenariosIn, type Cell, type Mode } from '../../../src/testing/faults/faulty-steps';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { inBatches } from '../../../src/testing/in-batches';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { restartByOperator } from '../../../src/testing/worlds/restart-by-operator';
import { waitFor } from '../../../src/testing/wait-for';

let world: PaymentWorld;
const gateway = createFaultyGateway();
const { silent, uncapturable, unvoidable } = gateway.faults;
const faulty = createFaultySteps();
/** Payments whose look-ups return nothing; only their undoing finds the outcome. */
const unseen = new Set<string>();
const wrap = (activities: Activities): Activities => ({
  ...activities,
  lookUpPayment: async (input) =>
    unseen.has(input.paymentId)
      ? { status: 'unavailable', reason: null, position: `unknown/${input.call}` }
      : activities.lookUpPayment(input),
});
/** An undisturbed undone payment of each scenario. */
const undisturbed = new Map<string, string>();

interface Scenario {
  steps: readonly string[];
  /** Brings a payment to the point of its undoing; the steps after the call of `arm` go wrong. */
  undo: (arm: (paymentId: string) => void) => Promise<string>;
  /** The ending, whatever goes wrong, with one void and nothing held. */
  ends: { state: 'cancelled' | 'failed'; effects: Record<string, string> };
}

const authorised = async () => {
  const id = await world.pay({ capture: 'manual' });
  await world.untilWaiting(id);
  return id;
};
const accepted = async () => {
  const { payment, row } = await world.accept();
  return { id: payment._id, start: () => world.starter.start(row!) };
};
/** Cancels a payment. When its process fails, the answer is lost too. */
const cancel = (id: string) => world.command(id, 'cancelPayment').catch(() => undefined);

const scenarios: Record<string, Scenario> = {
  'cancelled by its partner': {
    steps: ['undoPayment', 'compensatePayment', 'updatePaymentStatus'],
    async undo(arm) {
      const id = await authorised();
      expect(await world.effects(id)).toEqual({ authorise: 'done' });
      arm(id);
      await cancel(id);
      return id;
    },
    ends: { state: 'cancelled', effects: { authorise: 'compensated' } },
  },
  'voided when its capture was refused': {
    steps: ['undoPayment', 'compensatePayment', 'updatePaymentStatus'],
    async undo(arm) {
      const { id, start } = await accepted();
      uncapturable.add(id);
      arm(id);
      await start();
      return id;
    },
    ends: { state: 'failed', effects: { authorise: 'compensated', capture: 'none' } },
  },
  'cancelled with an unknown authorisation and an unanswered void': {
    steps: ['compensatePayment', 'updatePaymentStatus'],
    async undo(arm) {
      const { id, start } = await accepted();
      unseen.add(id);
      silent.add(`${id}:authorise`);
      silent.add(`${id}:void`);
      await start();
      await world.until(id, 'unknown');
      expect(await world.effects(id)).toEqual({ authorise: 'intent' });
      arm(id);
      await cancel(id);
      return id;
    },
    ends: { state: 'cancelled', effects: { authorise: 'compensated' } },
  },
};

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({
    wrap: (activities) => faulty.wrap(wrap(activities)),
    wrapGateway: (real) => faulty.wrapGateway(gateway.wrap(real)),
    webhooks: false,
    gatewayTimeoutMs: 10_000,
  });
  faulty.attach(world);
  await Promise.all(Object.keys(scenarios).map(async (name) => undisturbed.set(name, await undone(scenarios[name]!))));
});
afterAll(() => world?.close());

async function undone({ undo }: Scenario, cell?: Cell): Promise<string> {
  const id = await undo((paymentId) => cell && faulty.set(paymentId, cell));
  try {
    await world.handle(id).result();
  } catch {
    // The undoing is recorded, so the process that an operator starts continues it.
    if (!settledPaymentStates.includes((await world.read(id)).state))
      await (await restartByOperator(world, { entityType: 'payment', entityId: id })).result();
  }
  return id;
}

async function standing(id: string) {
  const { problems, bank } = await differences(world, id);
  const { state } = await world.read(id);
  return {
    state,
    effects: await world.effects(id),
    voids: bank.voids,
    held: bank.held,
    captured: bank.captured,
    problems,
    outstanding: faulty.outstanding(id),
  };
}

/** Returns every fault of a scenario's steps in this mode. */
function cellsOf(name: string, mode: Mode) {
  const scenario = scenarios[name]!;
  // A cancel that could not be recorded was promised to nobody, so nothing is undone: see below.
  const steps =
    scenario.ends.state === 'cancelled' && mode === 'fails for good before its effect'
      ? scenario.steps.filter((step) => step !== 'undoPayment')
      : scenario.steps;
  const cells = faulty.cells({ mode, steps, like: undisturbed.get(name)! });
  return cells.map((cell) => ({ scenario, cell, title: `${name}: ${cell.name}` }));
}

describe('the undoing of a payment whose step', () => {
  it.each(modes)('%s voids the authorisation once, and records that in the compensation ledger', async (mode) => {
    const all = scenariosIn(mode, scenarios).flatMap((name) => cellsOf(name, mode));
    const outcomes = await inBatches(all, async ({ scenario, cell, title }) => ({
      title,
      ...(await standing(await undone(scenario, cell))),
    }));
    const nothingElse = { voids: 1, held: 0, captured: 0, problems: [], outstanding: [] };
    expect(outcomes).toEqual(all.map(({ scenario, title }) => ({ title, ...scenario.ends, ...nothingElse })));
  });
});

describe('the undoing of a payment', () => {
  it('that could not be recorded is not promised, and is done when the cancel is repeated', async () => {
    const id = await authorised();
    const commandId = randomUUID();
    faulty.set(id, { step: 'undoPayment', mode: 'fails for good before its effect' });
    await expect(world.command(id, 'cancelPayment', { commandId, attempts: 1 })).rejects.toMatchObject({
      code: 'OUTCOME_PENDING',
    });
    await expect(world.handle(id).result()).rejects.toThrow();
    expect(await standing(id)).toMatchObject({
      state: 'authorised',
      effects: { authorise: 'done' },
      voids: 0,
      held: 5000,
      problems: [],
    });
    const process = await restartByOperator(world, { entityType: 'payment', entityId: id });
    const again = await waitFor(() => world.command(id, 'cancelPayment', { commandId }), {
      what: 'the new run to accept the command',
    });
    expect(again).toMatchObject({ state: 'authorised' });
    await process.result();
    expect(await standing(id)).toMatchObject({
      state: 'cancelled',
      effects: { authorise: 'compensated' },
      voids: 1,
      held: 0,
      problems: [],
    });
  });

  it('that the gateway refuses for ten minutes ends once the gateway accepts the void', async () => {
    const id = await authorised();
    unvoidable.add(id);
    await cancel(id);
    for (let minute = 1; minute <= 10; minute++) await world.advance(id, 60_000);
    expect(await world.effects(id)).toEqual({ authorise: 'stuck' });
    expect((await world.read(id)).state).toBe('authorised');
    unvoidable.delete(id);
    await world.advance(id, 120_000);
    await world.handle(id).result();
    expect(await standing(id)).toMatchObject({
      state: 'cancelled',
      effects: { authorise: 'compensated' },
      voids: 1,
      held: 0,
      problems: [],
    });
  });
});
