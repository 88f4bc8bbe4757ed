import { AsyncLocalStorage } from 'node:async_hooks';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../activities';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import type { Database } from '../../models/database';
import { casesOf } from '../long-form';
import { expireAttempt } from './expire-attempt';
import { waitFor } from '../wait-for';

/** The ways in which a step can fail. */
export const modes = [
  'fails for good before its effect',
  'fails for good after its effect',
  'fails once after its effect',
  'times out after its effect',
  'is cancelled while it runs',
  'is cancelled while it runs, and its worker dies',
  'is killed after any of its effects',
] as const;
export type Mode = (typeof modes)[number];

/**
 * Returns the scenarios of a process to play in this mode: all of them in the long form and in the two modes that find
 * most, else only the first.
 */
export const scenariosIn = <Name extends string>(mode: Mode, scenarios: Record<Name, unknown>): Name[] => {
  const names = Object.keys(scenarios) as Name[];
  const isDecisive = mode === 'fails for good after its effect' || mode === KILL;
  return isDecisive ? names : casesOf({ short: names.slice(0, 1), long: names });
};

export interface Fault {
  /** The activity, or the call that it makes (`authorise`, `capture`). */
  step: string;
  mode: Mode;
  /** For a kill: the number of the step's effect, from 1, after which the first attempt that has it is killed. */
  effect?: number;
}

/** A fault with a name for the table of outcomes. */
export type Cell = Fault & { name: string };

type Run = (input: Record<string, string>) => Promise<unknown>;

/**
 * One attempt of an activity. Effects outlive the worker: a transaction, a write outside a transaction, a call that
 * moves money.
 */
interface Attempt {
  effects: number;
  diesAfter: number;
  die: () => void;
}

const KILL = 'is killed after any of its effects' satisfies Mode;
const MONEY_MOVES = ['authorise', 'capture', 'void', 'refund'] as const;
const WRITES = [
  'insertOne',
  'insertMany',
  'updateOne',
  'updateMany',
  'findOneAndUpdate',
  'deleteOne',
  'deleteMany',
  'bulkWrite',
] as const;

const nothingMore = () => new Promise<never>(() => undefined);
const keyOf = (entityId: string, step: string) => `${entityId}/${step}`;

/**
 * Wraps activities that fail as a test demands: a step, an entity, a mode. Each fault happens once, in the order in
 * which the faults were set.
 */
export function createFaultySteps() {
  const faults = new Map<string, Fault[]>();
  const effectsSeen = new Map<string, number>();
  const attempts = new AsyncLocalStorage<Attempt>();
  let client: Client;

  async function effect<T>(act: () => Promise<T>): Promise<T> {
    const attempt = attempts.getStore();
    if (!attempt) return act();
    if (attempt.effects >= attempt.diesAfter) return nothingMore();
    const answer = await act().then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    attempt.effects += 1;
    if (attempt.effects < attempt.diesAfter) return answer();
    attempt.die();
    return nothingMore();
  }

  /** Runs an attempt to its end, or up to the effect after which its worker dies. */
  async function live(
    run: () => Promise<unknown>,
    { key, diesAfter = Infinity, onDeath }: { key: string; diesAfter?: number; onDeath?: () => void },
  ): Promise<unknown> {
    const { info } = Context.current();
    const attempt: Attempt = { effects: 0, diesAfter, die: () => undefined };
    const death = new Promise<never>((_, reject) => {
      attempt.die = () => {
        onDeath?.();
        expireAttempt({ client, attempt: info }).then(
          () => reject(new Error('Never reported: the attempt is over')),
          reject,
        );
      };
    });
    const answer = await Promise.race([attempts.run(attempt, run), death]);
    effectsSeen.set(key, Math.max(attempt.effects, effectsSeen.get(key) ?? 0));
    return answer;
  }

  async function cancelTheWorkflow(): Promise<void> {
    const handle = client.workflow.getHandle(Context.current().info.workflowExecution!.workflowId);
    await handle.cancel();
    await waitFor(async () => !(await handle.describe()).raw.pendingWorkflowTask, {
      what: 'the workflow to handle the cancel',
    });
  }

  async function goWrong(mode: Mode, key: string, run: () => Promise<unknown>): Promise<unknown> {
    const broken = () => ApplicationFailure.nonRetryable('Broken', 'BROKEN');
    if (mode === 'fails for good before its effect') throw broken();
    const answer = await live(run, { key });
    if (mode === 'fails for good after its effect') throw broken();
    if (mode === 'fails once after its effect') throw new Error('Connection lost');
    if (mode.startsWith('is cancelled while it runs')) await cancelTheWorkflow();
    if (mode === 'times out after its effect' || mode === 'is cancelled while it runs, and its worker dies')
      await expireAttempt({ client, attempt: Context.current().info });
    return answer;
  }

  const wrapStep =
    (name: string, run: Run): Run =>
    (input) => {
      const entityId =
        input.refundId ??
        input.paymentId ??
        input.subscriptionId ??
        input.onboardingId ??
        input.reviewId ??
        input.reportId ??
        input.operationId;
      if (entityId === undefined) return run(input);
      const step = name === 'processPaymentGateway' ? input.call! : name;
      const key = keyOf(entityId, step);
      const waiting = faults.get(entityId) ?? [];
      const [fault] = waiting;
      if (fault?.step !== step) return live(() => run(input), { key });
      const come = () => waiting.splice(0, 1);
      if (fault.mode === KILL) return live(() => run(input), { key, diesAfter: fault.effect, onDeath: come });
      come();
      return goWrong(fault.mode, key, () => run(input));
    };

  return {
    set(entityId: string, ...next: Fault[]): void {
      faults.set(entityId, [...(faults.get(entityId) ?? []), ...next]);
    },
    /** Returns the faults that have not happened yet. */
    outstanding: (entityId: string): Fault[] => faults.get(entityId) ?? [],
    /**
     * Returns a cell for every step in this mode; for a kill one for every effect of every step, as counted for the
     * undisturbed entity `like`.
     */
    cells({ mode, steps, like }: { mode: Mode; steps: readonly string[]; like: string }): Cell[] {
      if (mode !== KILL) return steps.map((step) => ({ step, mode, name: step }));
      return steps.flatMap((step) => {
        const count = effectsSeen.get(keyOf(like, step));
        if (count === undefined) throw new Error(`${step} was no step of ${like}`);
        return Array.from({ length: count }, (_, index) => ({
          step,
          mode,
          effect: index + 1,
          name: `${step}, effect ${index + 1} of ${count}`,
        }));
      });
    },
    wrap: (activities: Activities): Activities =>
      Object.fromEntries(
        Object.entries(activities as unknown as Record<string, Run>).map(([name, run]) => [name, wrapStep(name, run)]),
      ) as unknown as Activities,
    wrapGateway: (gateway: PaymentGateway): PaymentGateway => {
      const watched = MONEY_MOVES.map((call) => [call, (input: never) => effect<unknown>(() => gateway[call](input))]);
      return { ...gateway, ...(Object.fromEntries(watched) as Pick<PaymentGateway, (typeof MONEY_MOVES)[number]>) };
    },
    /** Call when the world is open: from then on the writes of its database count as effects. */
    attach(world: { client: Client; database: Database }): void {
      const { database } = world;
      const inTransaction: Database['inTransaction'] = database.inTransaction.bind(database);
      client = world.client;
      // The writes of a transaction exist only after its commit, so the transaction is one effect.
      database.inTransaction = (work) => effect(() => attempts.exit(() => inTransaction(work)));
      for (const { collection } of Object.values(database.models)) {
        for (const write of WRITES) {
          const original = collection[write].bind(collection) as (...args: unknown[]) => Promise<unknown>;
          Object.assign(collection, { [write]: (...args: unknown[]) => effect(() => original(...args)) });
        }
      }
    },
  };
}
