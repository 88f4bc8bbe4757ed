import { commandOf, type SubscriptionUpdate } from '../../../src/contracts/subscriptions/subscription';
import { subscriptionCommandTable, type OpenSubscriptionState } from '../../../src/domain/subscriptions/subscription';
import { isRefusal } from '../../../src/testing/worlds/sent-command';
import { createGatewayOutages } from '../../../src/testing/faults/gateway-outages';
import { eventOfCommand } from '../../../src/testing/random/payment-violations';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { runSequences, sequenceCount, Tally } from '../../../src/testing/random/random-sequences';
import {
  runSubscriptionSequence,
  type SubscriptionSequenceResult,
} from '../../../src/testing/random/random-subscriptions';
import {
  openPlans,
  subscriptionSequences,
  type SubscriptionSequence,
} from '../../../src/testing/random/subscription-sequences';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { subscriptionViolations } from '../../../src/testing/random/subscription-violations';

const SEQUENCES = 10;
/** Transitions that any number of sequences reaches. */
const USUAL = ['accepted → active', 'active → cancelled'];

const gateway = createGatewayOutages();
const visited = new Tally();
const answers = new Tally();

let world: SubscriptionWorld;
let planIds: Awaited<ReturnType<typeof openPlans>>;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ wrapGateway: gateway.wrap });
  planIds = await openPlans(world);
});
afterAll(() => world?.close());

/** The events that each accepted command may write. */
const meanings: Record<SubscriptionUpdate, readonly string[]> = {
  changePlan: ['change_ordered', 'plan_changed', 'plan_change_waiting', 'undone'],
  pauseSubscription: ['paused'],
  resumeSubscription: ['resumed', 'resuming'],
  cancelSubscription: ['cancelled', 'cancel_waiting'],
  undoSubscriptionChange: ['undone'],
  updatePaymentMethod: ['payment_method_changed'],
};

/** Returns a line for each command that did not do once what its answer says, or acted although it was refused. */
async function commandViolations({ subscriptionId, sent, repeat }: SubscriptionSequenceResult): Promise<string[]> {
  const problems: string[] = [];
  const { version } = await world.read(subscriptionId);
  const events = await world.events(subscriptionId);
  for (const given of sent) {
    const {
      command: { update, terms },
      commandId,
      outcome,
      code,
    } = given;
    const event = eventOfCommand(events, commandId);
    answers.count(`${update}: ${code ?? 'accepted'}`);
    if (outcome && !event) problems.push(`${update} was accepted and wrote no event`);
    if (event && !sent.some((other) => other.commandId === commandId && other.outcome))
      problems.push(`${update} was answered ${code} and led to ${event.type} nevertheless`);
    if (code && (!isRefusal(code) || code === 'OUTCOME_PENDING')) problems.push(`${update} was answered ${code}`);
    if (!event) continue;
    const expected = { state: event.state, at: event.at.toISOString() };
    if (outcome && JSON.stringify(outcome) !== JSON.stringify(expected))
      problems.push(`${update} answered ${JSON.stringify(outcome)}, and led to ${JSON.stringify(expected)}`);
    const before = events[event.version - 2]!.state as OpenSubscriptionState;
    const refused = subscriptionCommandTable[commandOf(update, terms as { when?: 'now' | 'period_end' })][before];
    if (refused !== null) problems.push(`${update} was accepted while ${before}`);
    if (!meanings[update].includes(event.type.replace('subscription.', '')))
      problems.push(`${update} led to ${event.type}`);
    if (event.by.id !== tester.id) problems.push(`${event.type} names ${event.by.kind} for ${update}`);
    const again = await repeat(given);
    if (JSON.stringify(again.outcome) !== JSON.stringify(expected))
      problems.push(`${update}, repeated, answered ${again.code ?? JSON.stringify(again.outcome)}`);
  }
  const after = await world.read(subscriptionId);
  if (after.version !== version)
    problems.push(`repeated commands moved it from version ${version} to ${after.version}`);
  return problems;
}

async function carryOut(sequence: SubscriptionSequence): Promise<string[]> {
  const result = await runSubscriptionSequence({ world, gateway, planIds, sequence });
  const problems = [
    ...(await subscriptionViolations(world, result.subscriptionId, visited.count)),
    ...(await commandViolations(result)),
  ];
  return problems.length === 0
    ? problems
    : [
        ...problems,
        `${result.subscriptionId}: ${(await world.timeline(result.subscriptionId)).join(' ')}`,
        JSON.stringify(result.sent.map(({ command, outcome, code }) => [command.update, outcome?.state ?? code])),
      ];
}

it(
  'random commands, outages and months charge no period twice and lead to no illegal step',
  async () => {
    const began = Date.now();
    await runSequences({ sequences: subscriptionSequences, count: SEQUENCES, concurrency: 12, carryOut });
    process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1)} s\n${String(visited)}${String(answers)}`);
    if (sequenceCount(SEQUENCES) >= SEQUENCES) expect(visited.missing(USUAL)).toEqual([]);
  },
  420_000 + sequenceCount(SEQUENCES) * 6_000,
);
