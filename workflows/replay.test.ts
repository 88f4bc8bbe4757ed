import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { findRecordedHistories, readHistory } from '../src/testing/replay/recorded-histories';
import {
  describeFailure,
  replayHistories,
  workflowTypeOf,
  type KeptHistory,
  type NamedHistory,
} from '../src/testing/replay/replay-histories';
import { quietTemporal } from '../src/testing/servers/quiet-temporal';
import { workflowBundle } from '../src/testing/servers/workflow-bundle';

const histories = findRecordedHistories();

/** Returns the history with another activity in place of the last one. */
function withAnotherActivity(history: KeptHistory): KeptHistory {
  const events = structuredClone(history.events);
  const scheduled = events.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  scheduled.at(-1)!.activityType.name = 'somethingElse';
  return { events };
}

/** One history of each workflow type. */
const byType = [...new Map(histories.map((kept) => [workflowTypeOf(kept.history), kept])).entries()];

beforeAll(() => quietTemporal());

/**
 * Every ending, recorded from a real run. A red test means that a deploy would break the runs under way. Put the change
 * behind `patched()`; record new histories (RECORD_HISTORIES=1) only beside the old ones.
 */
describe('the workflows that ship', () => {
  let failures: Map<string, Error | null>;
  let sabotaged: Map<string, Error | null>;
  beforeAll(async () => {
    failures = await replayHistories(workflowBundle, histories);
    sabotaged = await replayHistories(
      workflowBundle,
      byType.map(([name, { history }]) => ({ name, history: withAnotherActivity(history) })),
    );
  });

  it.each(histories.map((kept) => [kept.name, kept] as const))('replay %s', async (name, kept) => {
    const failure = failures.get(name);
    if (failure) throw new Error(await describeFailure(workflowBundle, kept, failure));
    expect(failure).toBeNull();
  });

  it.each(byType)('%s does not replay when the history names another activity', (type) => {
    expect(sabotaged.get(type)).toBeInstanceOf(DeterminismViolationError);
  });

  it('name workflow, history and first event where a replay fails', async () => {
    const [type, { name, history: kept }] = byType[0]!;
    const history = withAnotherActivity(kept);
    const { eventId } = history.events.findLast((event) => event.activityTaskScheduledEventAttributes)!;
    const described = await describeFailure(workflowBundle, { name, history }, sabotaged.get(type)!);
    expect(described).toMatch(`${type} contradicts ${name} at event `);
    expect(described).toMatch(`${eventId} ACTIVITY_TASK_SCHEDULED`);
  });
});

describe('a change behind patched()', () => {
  const folder = join(__dirname, '../src/testing/replay/histories');
  const before = readHistory(folder, 'before-the-patch.json');
  const after = readHistory(folder, 'with-the-patch.json');
  /** Returns the history as one of another workflow type, so that the code of that type replays it. */
  const replayedBy = (workflowType: string, { name, history }: NamedHistory): NamedHistory => {
    const events = structuredClone(history.events);
    events[0]!.workflowExecutionStartedEventAttributes!.workflowType.name = workflowType;
    return { name: `${name} by ${workflowType}`, history: { events } };
  };
  let failures: (Error | null)[];
  beforeAll(async () => {
    const bundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('../src/testing/replay/patched-greeting.ts'),
      logger: new DefaultLogger('ERROR'),
    });
    const replays = [
      replayedBy('patchedGreeting', before),
      replayedBy('patchedGreeting', after),
      replayedBy('unpatchedGreeting', before),
    ];
    failures = [...(await replayHistories(bundle, replays)).values()];
  });

  it('replays runs that began before it and runs that began with it', () => {
    expect(failures.slice(0, 2)).toEqual([null, null]);
  });

  it('does not replay without patched()', () => {
    expect(failures[2]).toBeInstanceOf(DeterminismViolationError);
  });
});
