import { type Client, ServiceError, WorkflowClient, type ConnectionLike } from '@temporalio/client';
import { TENANT_SLOTS_TAKEN } from '../../contracts/tenant-slots';
import { DomainError } from '../../domain/domain-error';

/*
 * Every call to the time skipping of Temporal Server 1.32 and newer (`frontend.WorkflowTimeSkippingEnabled`), for which
 * the SDK has no API of its own. The clock of one workflow moves at a time; other workflows are untouched. Children
 * never skip: propagation is always switched off, because it does not carry the target.
 *
 * Danger: while skipping is on, the pauses between the attempts of a failing activity are skipped too, and a workflow
 * that becomes idle just after real time has passed the target is skipped on to its next timer, however far
 * (docs/decisions/0009). Therefore each session makes one skip, immediately or not at all: begin it only while the
 * workflow is idle and its target lies well ahead, and end it if the skip was not made.
 */
const SKIPS_PER_SESSION = 1;
const CALL_TIMEOUT_MS = 5000;
const UNIMPLEMENTED = 12;
const NOT_FOUND = 5;
const RUNNING = 1;

type WorkflowService = Client['workflowService'];
type TimeSkippingConfig = NonNullable<Parameters<WorkflowService['startWorkflowExecution']>[0]['timeSkippingConfig']>;

/** The clock and the pending work of a workflow at one moment. */
export interface WorkflowSnapshot {
  workflowId: string;
  running: boolean;
  runId: string;
  /** Milliseconds ahead of real time; negative by as much as the two machines' clocks differ. */
  offsetMs: number;
  /** Error bound of `offsetMs`, in ms. */
  blurMs: number;
  historyLength: number;
  /** True while a skip is under way. */
  skipping: boolean;
  /** The work in flight, as text for people; null when the workflow waits only for timers and messages. */
  busyWith: string | null;
  /** The ids of the child workflows that have not ended. */
  children: readonly string[];
  /** The activity that failed and is being retried. */
  failing: { activity: string; attempts: number } | null;
  /** The number of times that its activities in flight were put off because the tenant had its share of the slots. */
  putOff: number;
}

const namedBy = ({ client, workflowId }: { client: Client; workflowId: string }) => ({
  namespace: client.options.namespace,
  execution: { workflowId },
});
const bounded = <T>(client: Client, call: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + CALL_TIMEOUT_MS, call);
const codeOf = (error: unknown): unknown =>
  ((error instanceof ServiceError ? error.cause : error) as { code?: unknown } | undefined)?.code;

/** Returns null when Temporal knows no such workflow. */
export async function describeWorkflow({
  client,
  workflowId,
}: {
  client: Client;
  workflowId: string;
}): Promise<WorkflowSnapshot | null> {
  const sentAt = Date.now();
  const response = await bounded(client, () =>
    client.workflowService.describeWorkflowExecution(namedBy({ client, workflowId })),
  ).catch((error: unknown) => {
    if (codeOf(error) === NOT_FOUND) return null;
    throw error;
  });
  if (!response) return null;
  const receivedAt = Date.now();
  const { workflowExecutionInfo, workflowExtendedInfo, pendingActivities, pendingChildren, pendingWorkflowTask } =
    response;
  const skipped = workflowExtendedInfo?.timeSkippingInfo;
  const retried = (pendingActivities ?? []).filter(({ attempt }) => (attempt ?? 0) > 1);
  const isPutOff = ({ lastFailure }: (typeof retried)[number]) =>
    lastFailure?.applicationFailureInfo?.type === TENANT_SLOTS_TAKEN;
  const failing = retried.find((each) => !isPutOff(each));
  const [first] = pendingActivities ?? [];
  const activity = first?.activityType?.name;
  const children = (pendingChildren ?? []).map((child) => child.workflowId ?? '');
  return {
    workflowId,
    running: Number(workflowExecutionInfo?.status) === RUNNING,
    runId: workflowExecutionInfo?.execution?.runId ?? '',
    offsetMs: skipped?.currentTime ? millisecondsOf(skipped.currentTime) - (sentAt + receivedAt) / 2 : 0,
    blurMs: (receivedAt - sentAt) / 2,
    historyLength: Number(workflowExecutionInfo?.historyLength ?? 0),
    skipping: skipped?.effectiveConfig?.enabled === true,
    busyWith: activity
      ? `${retried.some((each) => each === first && isPutOff(each)) ? 'a slot for ' : ''}the activity ${activity}`
      : children[0]
        ? `its child ${children[0]}`
        : pendingWorkflowTask
          ? 'a workflow task that no worker has finished'
          : null,
    children,
    failing: failing ? { activity: failing.activityType?.name ?? '', attempts: (failing.attempt ?? 1) - 1 } : null,
    putOff: retried.filter(isPutOff).reduce((sum, { attempt }) => sum + (attempt ?? 0), 0),
  };
}

/**
 * Lets a workflow skip to its next timer, but by `byMs` at most: immediately, or as soon as none of its work is in
 * flight. Returns false when it has ended.
 */
export async function beginSkip({
  client,
  workflowId,
  byMs,
}: {
  client: Client;
  workflowId: string;
  byMs: number;
}): Promise<boolean> {
  return configure({
    client,
    workflowId,
    config: skipOf({ id: `hop-${Date.now()}-${Math.random().toString(36).slice(2)}`, byMs }),
  });
}

/** Stops skipping: from here on the workflow's clock runs at the pace of real time. Returns false when it has ended. */
export async function endSkip({ client, workflowId }: { client: Client; workflowId: string }): Promise<boolean> {
  return configure({ client, workflowId, config: { enabled: false, disablePropagation: true } });
}

async function configure({
  client,
  workflowId,
  config,
}: {
  client: Client;
  workflowId: string;
  config: TimeSkippingConfig;
}): Promise<boolean> {
  try {
    await bounded(client, () =>
      client.workflowService.updateWorkflowExecutionOptions({
        namespace: client.options.namespace,
        workflowExecution: { workflowId },
        workflowExecutionOptions: { timeSkippingConfig: config },
        updateMask: { paths: ['time_skipping_config'] },
      }),
    );
    return true;
  } catch (error) {
    if (codeOf(error) === UNIMPLEMENTED) throw timeSkippingUnavailable();
    if (codeOf(error) === NOT_FOUND) return false;
    throw error;
  }
}

/**
 * Returns a client whose workflows start at real time and skip `byMs` immediately, in the very request that starts
 * them. The workflow waits for that skip as its first step (workflows/align-clock.ts).
 */
export function clientStartingAhead({
  client,
  workflowId,
  byMs,
}: {
  client: Client;
  workflowId: string;
  byMs: number;
}): WorkflowClient {
  const timeSkippingConfig = skipOf({ id: `birth-${workflowId}`, byMs });
  const workflowService = replacing(client.workflowService, {
    startWorkflowExecution: (request: object) =>
      client.workflowService.startWorkflowExecution({ ...request, timeSkippingConfig }),
  });
  const { namespace, dataConverter } = client.options;
  return new WorkflowClient({
    connection: replacing<ConnectionLike>(client.connection, { workflowService }),
    namespace,
    dataConverter,
  });
}

/**
 * Rejects with `TIME_SKIPPING_UNAVAILABLE` where the server is too old or has the feature switched off. Resolves to
 * `available`, or to `unknown` when the server does not respond: an advance is then accepted and waits for the server.
 */
export async function requireTimeSkipping({ client }: { client: Client }): Promise<'available' | 'unknown'> {
  const noWorkflow = {
    namespace: client.options.namespace,
    workflowExecution: { workflowId: 'time-skipping-probe' },
    fastForwardId: 'probe',
  };
  try {
    await bounded(client, () => client.workflowService.pollWorkflowExecutionTimeSkipping(noWorkflow));
    return 'available';
  } catch (error) {
    if (codeOf(error) === UNIMPLEMENTED) throw timeSkippingUnavailable();
    return codeOf(error) === NOT_FOUND ? 'available' : 'unknown';
  }
}

const timeSkippingUnavailable = (): DomainError =>
  new DomainError(
    'TIME_SKIPPING_UNAVAILABLE',
    'The Temporal server cannot skip time. It has to be version 1.32 or newer with the dynamic configuration ' +
      'frontend.WorkflowTimeSkippingEnabled=true.',
  );

function skipOf({ id, byMs }: { id: string; byMs: number }): TimeSkippingConfig {
  const ms = Math.max(1, Math.round(byMs));
  return {
    enabled: true,
    disablePropagation: true,
    maxSessionSkipCount: SKIPS_PER_SESSION,
    fastForwardConfig: { id, duration: { seconds: Math.floor(ms / 1000) as never, nanos: (ms % 1000) * 1_000_000 } },
  };
}

/** Returns the same object with some of its members replaced; its methods still run on the original. */
function replacing<T extends object>(target: T, members: Record<string, unknown>): T {
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === 'string' && key in members) return members[key];
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Returns the milliseconds of a protobuf timestamp or duration. */
export function millisecondsOf({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1_000_000;
}
