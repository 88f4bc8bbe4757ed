import type { PaymentGateway } from '../../../src/clients/gateways/payment-gateway';
import { paymentTimes } from '../../../src/domain/payments/payment';
import { differences } from '../../../src/testing/expect-books';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';

let world: PaymentWorld;
const faulty = createFaultyGateway();
/** Payments that the customer confirms just before their void arrives. */
const confirmed = new Set<string>();
/** Payments of which somebody then captures a part at the gateway itself. */
const partlyCaptured = new Set<string>();
const confirming = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  async void(input) {
    const paymentId = input.idempotencyKey.split(':')[0]!;
    if (confirmed.delete(paymentId)) await world.act(paymentId, 'approve');
    if (partlyCaptured.delete(paymentId)) await world.captureAtTheGateway(paymentId, 1500);
    return gateway.void(input);
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway: (gateway) => faulty.wrap(confirming(gateway)), webhooks: false });
});
afterAll(() => world?.close());

const waiting = async () => {
  const id = await world.pay({ paymentMethod: 'pm_requires_action' });
  await world.until(id, 'requires_action');
  confirmed.add(id);
  return id;
};

/** Expects one authorisation and one void, in our books as in the gateway's. */
async function expectAuthorisedAndVoided(id: string): Promise<void> {
  expect(await world.handle(id).result()).toMatchObject({ state: 'cancelled' });
  expect(await differences(world, id)).toMatchObject({ problems: [], bank: { authorisations: 1, voids: 1, held: 0 } });
  expect((await world.postings(id)).map(({ _id }) => _id)).toEqual([`${id}:authorise:1`, `${id}:void:1`]);
  expect(await world.effects(id)).toEqual({ authorise: 'compensated' });
  expect(await world.timeline(id)).toContain('hold_found');
}

describe('a customer who confirms too late', () => {
  it('after a cancel leaves an authorisation and a void in the books', async () => {
    const id = await waiting();
    await world.command(id, 'cancelPayment');
    await expectAuthorisedAndVoided(id);
    await recordHistory('payment-confirmed-before-its-void', world.handle(id));
  });

  it('after a cancel whose void is not answered is voided once', async () => {
    const id = await waiting();
    faulty.faults.silent.add(`${id}:void`);
    await world.command(id, 'cancelPayment');
    await expectAuthorisedAndVoided(id);
    expect(await world.timeline(id)).toContain('unknown');
  });

  it('after the hour is over is voided once', async () => {
    const id = await waiting();
    await world.advance(id, paymentTimes.actionMs);
    await expectAuthorisedAndVoided(id);
  });

  it('while look-ups fail is voided once look-ups work again', async () => {
    const id = await waiting();
    faulty.faults.blind.add(id);
    await world.command(id, 'cancelPayment');
    await waitFor(async () => (await world.effects(id)).authorise === 'compensating', {
      what: 'an undoing whose outcome is not known yet',
    });
    expect((await world.read(id)).state).toBe('requires_action');
    faulty.faults.blind.delete(id);
    await expectAuthorisedAndVoided(id);
  });
});

it.each(['immediately', 'after silence'])(
  'a confirmation and a capture at the gateway before the void end captured (found %s)',
  async (found) => {
    const id = await waiting();
    partlyCaptured.add(id);
    if (found === 'after silence') faulty.faults.silent.add(`${id}:void`);
    await world.command(id, 'cancelPayment').catch(() => undefined);
    expect(await world.handle(id).result()).toMatchObject({ state: 'captured' });
    expect(await world.read(id)).toMatchObject({ state: 'captured', capturedMinor: 1500, authorisedMinor: 5000 });
    expect(await differences(world, id)).toMatchObject({ problems: [], bank: { captured: 1500, held: 0 } });
    expect(await world.effects(id)).toMatchObject({ authorise: 'done' });
  },
);

it('nothing is posted for a customer who did not confirm', async () => {
  const id = await waiting();
  confirmed.delete(id);
  await world.command(id, 'cancelPayment');
  expect(await world.handle(id).result()).toMatchObject({ state: 'cancelled' });
  expect(await world.postings(id)).toEqual([]);
  expect(await world.timeline(id)).not.toContain('hold_found');
});
