import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';

let world: PaymentWorld;
/** While set, look-ups wait for this promise. */
let held: Promise<void> | null = null;
let lookUpsWaiting = 0;

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({
    webhooks: false,
    wrapGateway: (gateway) => ({
      ...gateway,
      async lookUp(input) {
        if (held) lookUpsWaiting++;
        await held;
        return gateway.lookUp(input);
      },
    }),
  });
});
afterAll(() => world?.close());

it.each(['reviewPayment', 'capturePayment'] as const)(
  'refuses %s that arrives during the look-up of a customer action, once the look-up ends',
  async (command) => {
    const id = await world.pay({ paymentMethod: 'pm_requires_action', capture: 'manual' });
    await world.until(id, 'requires_action');
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    lookUpsWaiting = 0;
    await waitFor(() => lookUpsWaiting > 0, { what: 'a look-up' });
    const answer = world.command(id, command).catch((error: unknown) => error);
    const accepted = async () =>
      ((await world.handle(id).fetchHistory()).events ?? []).some(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
      );
    await waitFor(accepted, { what: 'the command to be accepted' });
    held = null;
    release();
    expect(await answer).toMatchObject({
      code: command === 'reviewPayment' ? 'PAYMENT_NOT_IN_REVIEW' : 'PAYMENT_NOT_CAPTURABLE',
    });
    expect((await world.read(id)).state).toBe('requires_action');
    await world.command(id, 'cancelPayment');
    await world.handle(id).result();
    await recordHistory(`payment-${command.replace('Payment', '')}-during-look-up`, world.handle(id));
  },
);
