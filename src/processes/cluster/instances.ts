import { settleWithin } from '../lifecycle/settle-within';
import { createBackoff } from './backoff';
import type { ClusterLog, Exit, Instance } from './instance';
import type { Program } from './program';

export interface CreateInstancesInput {
  count: number;
  /** Opens the program that now lies in place. */
  openProgram: () => Program;
  fork: (number: number, program: Program) => Instance;
  /** Milliseconds within which the replacement of an instance has to be ready. */
  readyWithinMs: number;
  /** Milliseconds within which an instance ends once it is asked to; then it is killed. */
  endsWithinMs: number;
  logger: ClusterLog;
  /** Milliseconds before the first replacement of an instance that died; doubles up to a limit. */
  firstPauseMs?: number;
}

export interface Instances {
  /** Starts all. Resolves when the first is ready; rejects when one ends before that. */
  start(): Promise<void>;
  /**
   * Replaces the instances one by one by the program that lies in place: the next is ready before the previous one
   * drains. Rejects at the first replacement that ends or is not ready in time: then its predecessor and all after it
   * continue to serve.
   */
  replaceAll(): Promise<void>;
  /** Ends all. Resolves to the worst exit code. */
  stop(): Promise<number>;
  /** Returns how the instance is, by its number. */
  stateOf(number: number): 'ready' | 'starting' | 'down';
}

/** A place in the cluster: its instance changes, its number and admin port stay. */
interface Place {
  number: number;
  /** The program of its instance, and of the next one when that dies. */
  program: Program;
  instance: Instance | null;
  isReady: boolean;
  /** True while a replacement is under way, which also covers the death of the present instance. */
  isReplaced: boolean;
  lastExit: string;
  backoff: ReturnType<typeof createBackoff>;
}

/** Returns the instances of a cluster, which are replaced when they die. */
export function createInstances({
  count,
  openProgram,
  fork,
  readyWithinMs,
  endsWithinMs,
  logger,
  firstPauseMs,
}: CreateInstancesInput): Instances {
  const places: Place[] = Array.from({ length: count }, (_, number) => ({
    number,
    program: openProgram(),
    instance: null,
    isReady: false,
    isReplaced: false,
    lastExit: '',
    backoff: createBackoff({ firstPauseMs }),
  }));
  /** Every process that has not ended, predecessors that drain included. */
  const running = new Set<Instance>();
  let isStopping = false;
  let hasServed = false;
  let worst = 0;
  const firstReady = deferred();

  const launch = (number: number, program: Program): Instance => {
    const instance = fork(number, program);
    running.add(instance);
    void instance.exited.then(({ code }) => {
      running.delete(instance);
      if (isStopping && code !== 0) worst = 1;
    });
    return instance;
  };

  /** Gives the place to an instance, and to another one when the instance dies. */
  const occupy = (place: Place, instance: Instance): void => {
    place.instance = instance;
    void instance.exited.then(({ how }) => {
      if (place.instance !== instance) return;
      place.instance = null;
      place.isReady = false;
      place.lastExit = how;
      // Before any has served, the death of one means that the configuration or the program cannot work.
      if (isStopping) return;
      if (!hasServed) firstReady.reject(new Error(`Instance ${place.number} ended before it was ready (${how})`));
      else if (!place.isReplaced) relaunch(place);
    });
  };
  const markReady = (place: Place, instance: Instance): void => {
    if (place.instance !== instance) return;
    place.isReady = true;
    hasServed = true;
    place.backoff.started();
    logger.info({ instance: place.number, pid: instance.pid }, `Instance ${place.number} is ready`);
    firstReady.resolve();
  };
  const fill = (place: Place): Instance => {
    const instance = launch(place.number, place.program);
    occupy(place, instance);
    void instance.ready.then(() => markReady(place, instance));
    return instance;
  };
  /** Kills an instance that hangs, so that another one takes its place. */
  const limit = async (instance: Instance): Promise<void> => {
    const { number, pid, ready, exited } = instance;
    const outcome = await settleWithin({ work: () => Promise.race([ready, exited]), limitMs: readyWithinMs });
    if (outcome.ended === 'well' || isStopping) return;
    logger.error(
      { instance: number, pid },
      `Instance ${number} was not ready within ${readyWithinMs} ms and is killed`,
    );
    instance.kill();
  };
  const relaunch = (place: Place): void => {
    const pauseMs = place.backoff.nextPauseMs();
    logger.error(
      { instance: place.number, pauseMs },
      `Instance ${place.number} ended (${place.lastExit}); it is started again in ${pauseMs} ms`,
    );
    setTimeout(() => {
      if (!isStopping && !place.isReplaced && place.instance === null) void limit(fill(place));
    }, pauseMs);
  };

  const end = async (instance: Instance): Promise<Exit> => {
    instance.shutDown();
    const outcome = await settleWithin({ work: () => instance.exited, limitMs: endsWithinMs });
    if (outcome.ended !== 'well') {
      logger.error({ instance: instance.number, pid: instance.pid }, `Instance ${instance.number} had to be killed`);
      instance.kill();
    }
    return instance.exited;
  };

  const replace = async (place: Place): Promise<void> => {
    place.isReplaced = true;
    let unused = openProgram();
    try {
      const next = launch(place.number, unused);
      const first = Promise.race([next.ready.then(() => null), next.exited]);
      const outcome = await settleWithin({ work: () => first, limitMs: readyWithinMs });
      if (outcome.ended !== 'well' || outcome.value !== null) {
        const reason =
          outcome.ended === 'well' ? `ended (${outcome.value?.how})` : `was not ready within ${readyWithinMs} ms`;
        next.kill();
        await next.exited;
        throw new Error(`the new instance ${place.number} ${reason}`);
      }
      const previous = place.instance;
      [place.program, unused] = [unused, place.program];
      occupy(place, next);
      markReady(place, next);
      if (previous !== null) await end(previous);
    } finally {
      unused.close();
      place.isReplaced = false;
      if (place.instance === null && !isStopping) relaunch(place);
    }
  };

  return {
    start() {
      places.forEach(fill);
      return firstReady.promise;
    },
    async replaceAll() {
      for (const place of places) {
        if (isStopping) return;
        await replace(place);
      }
    },
    async stop() {
      isStopping = true;
      await Promise.all([...running].map(end));
      return worst;
    },
    stateOf(number) {
      const place = places[number];
      if (place?.isReady) return 'ready';
      return place?.instance ? 'starting' : 'down';
    },
  };
}

function deferred() {
  let resolve!: () => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
