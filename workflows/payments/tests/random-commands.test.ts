import { paymentRefusals } from '../../../src/contracts/payments/payment';
import { isRefusal } from '../../../src/testing/worlds/sent-command';
import { createGatewayOutages } from '../../../src/testing/faults/gateway-outages';
import { eventOfCommand, paymentViolations } from '../../../src/testing/random/payment-violations';
import { openPaymentWorld, testActor, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { paymentSequences, type PaymentSequence } from '../../../src/testing/random/payment-sequences';
import { runPaymentSequence, type PaymentSequenceResult } from '../../../src/testing/random/random-payments';
import { runSequences, sequenceCount, Tally } from '../../../src/testing/random/random-sequences';

const SEQUENCES = 24;
/** Transitions that any number of sequences reaches. */
const USUAL = ['capturing → captured', 'pending → succeeded'];

const gateway = createGatewayOutages();
const visited = new Tally();
const answers = new Tally();

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway: gateway.wrap });
});
afterAll(() => world?.close());

/** The events that an accepted command writes, and the states that accept it. */
const meanings = {
  capture: { from: ['authorised'], types: ['payment.capturing'] },
  review: { from: ['review'], types: ['payment.authorising', 'payment.declined'] },
  cancel: { from: null, types: ['payment.undoing', 'payment.cancelled'] },
} as const;

/** Returns a line for each command that did not do once what its answer says, or acted although it was refused. */
async function commandViolations({ paymentId, sent, refundCodes, repeat }: PaymentSequenceResult): Promise<string[]> {
  const problems: string[] = [];
  const before = await world.read(paymentId);
  const events = await world.database.models.events.find({ entityId: paymentId }).sort({ version: 1 }).lean();
  for (const given of sent) {
    const {
      command: { what },
      commandId,
      outcome,
      code,
    } = given;
    const event = eventOfCommand(events, commandId);
    answers.count(`${what}: ${code ?? 'accepted'}`);
    if (outcome && !event) problems.push(`${what} was accepted and wrote no event`);
    if (outcome && event && (outcome.state !== event.state || outcome.at !== event.at.toISOString()))
      problems.push(`${what} answered ${outcome.state}, and led to ${event.state}`);
    // A repeat may be answered while the first one still runs, and a pending command may have been applied.
    const accepted = sent.some(
      (other) => other.commandId === commandId && (other.outcome || other.code === 'OUTCOME_PENDING'),
    );
    if (event && !accepted) problems.push(`${what} was refused with ${code} and led to ${event.type} nevertheless`);
    if (code && code !== paymentRefusals.captured && !isRefusal(code)) problems.push(`${what} was answered ${code}`);
    if (event) {
      const { from, types } = meanings[what];
      const standing = events[event.version - 2]?.state;
      if (!(types as readonly string[]).includes(event.type)) problems.push(`${what} led to ${event.type}`);
      if (from && !(from as readonly (string | undefined)[]).includes(standing))
        problems.push(`${what} was accepted while ${standing}`);
      if (event.by.id !== testActor.id) problems.push(`${event.type} names ${event.by.kind} for ${what}`);
    }
    const again = await repeat(given);
    if (event && JSON.stringify(again.outcome) !== JSON.stringify({ state: event.state, at: event.at.toISOString() }))
      problems.push(`${what}, repeated, answered ${again.code ?? JSON.stringify(again.outcome)}`);
    if (!event && again.outcome) problems.push(`${what}, repeated after the end, was accepted`);
    if (!event && again.code && again.code !== paymentRefusals.captured && !isRefusal(again.code))
      problems.push(`${what}, repeated after the end, was answered ${again.code}`);
  }
  for (const code of refundCodes) {
    answers.count(`refund: ${code}`);
    if (!isRefusal(code)) problems.push(`a refund was answered ${code}`);
  }
  const after = await world.read(paymentId);
  if (after.version !== before.version)
    problems.push(`repeated commands moved it from version ${before.version} to ${after.version}`);
  return problems;
}

async function carryOut(sequence: PaymentSequence): Promise<string[]> {
  const result = await runPaymentSequence({ world, gateway, sequence });
  const problems = [
    ...(await paymentViolations(world, result.paymentId, visited.count)),
    ...(await commandViolations(result)),
  ];
  return problems.length === 0
    ? problems
    : [
        ...problems,
        `${result.paymentId}: ${(await world.timeline(result.paymentId)).join(' ')}`,
        JSON.stringify(result.sent.map(({ command, outcome, code }) => [command.what, outcome?.state ?? code])),
      ];
}

it(
  'random commands, outages and time lead payments to no illegal step and no cent astray',
  async () => {
    const began = Date.now();
    await runSequences({ sequences: paymentSequences, count: SEQUENCES, concurrency: 25, carryOut });
    process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1)} s\n${String(visited)}${String(answers)}`);
    if (sequenceCount(SEQUENCES) >= SEQUENCES) expect(visited.missing(USUAL)).toEqual([]);
  },
  420_000 + sequenceCount(SEQUENCES) * 3_000,
);
