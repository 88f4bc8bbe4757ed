import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { quietTemporal } from '../src/testing/servers/quiet-temporal';

const names = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /histories\/.*\.json$/.test(name),
);
let workflowBundle: { code: string };

const replay = (history: unknown) => Worker.runReplayHistory({ workflowBundle }, history);
const read = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, name), 'utf8')) as {
    events: Record<string, { activityType?: { name: string } }>[];
  };

beforeAll(async () => {
  quietTemporal();
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
});

/**
 * Every ending, recorded from a real run. A red test here means: runs that are on their way would break on a deploy.
 * Put the change behind `patched()`; record new histories (RECORD_HISTORIES=1) only beside the old ones.
 */
describe('workflow code replays', () => {
  it.each(names)('%s', async (name) => {
    await replay(read(name));
  });

  it.each(names)('%s, and not when another activity stands in its place', async (name) => {
    const history = read(name);
    const scheduled = history.events.filter((event) => event.activityTaskScheduledEventAttributes);
    scheduled.at(-1)!.activityTaskScheduledEventAttributes!.activityType!.name = 'somethingElse';
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });
});

it.each(['payments/histories/payment-captured', 'payments/histories/payment-refund-succeeded'])(
  '%s, also when it was born in an advanced sandbox before payments aligned with it',
  async (name) => {
    const history = read(`${name}.json`) as { events: Record<string, { input?: { payloads: { data: string }[] } }>[] };
    const payload = history.events[0]!.workflowExecutionStartedEventAttributes!.input!.payloads[0]!;
    const input = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as object;
    payload.data = Buffer.from(JSON.stringify({ ...input, sandboxOffsetMs: 86_400_000 })).toString('base64');
    await replay(history);
  },
);
