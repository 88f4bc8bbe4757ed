import type { ClusterLog } from './instance';

export interface CreateReloadsInput {
  /** Replaces all instances; rejects when one of the new ones cannot serve. */
  replaceAll: () => Promise<void>;
  isDraining: () => boolean;
  logger: ClusterLog;
  metrics: { reloaded(input: { outcome: 'done' | 'refused' }): void };
}

/** The check of a reload under way fails with this message. On the wire: `--reload` of a later build compares it. */
export const UNDER_WAY = 'a reload is under way';

/** Returns the reloads of a cluster, one at a time. */
export function createReloads({ replaceAll, isDraining, logger, metrics }: CreateReloadsInput) {
  let fault: string | null = null;
  let isUnderWay = false;
  let isRequested = false;

  const reload = async (): Promise<void> => {
    logger.info({}, 'Reloading');
    const begun = performance.now();
    try {
      await replaceAll();
      if (isDraining()) return;
      fault = null;
      metrics.reloaded({ outcome: 'done' });
      logger.info({ durationMs: Math.round(performance.now() - begun) }, 'Reloaded');
    } catch (error) {
      if (isDraining()) return;
      fault = error instanceof Error ? error.message : String(error);
      metrics.reloaded({ outcome: 'refused' });
      logger.error({}, `Reload refused: ${fault}; the instances that it would have replaced continue to serve`);
    }
  };
  const runRequested = async (): Promise<void> => {
    isUnderWay = true;
    while (isRequested && !isDraining()) {
      isRequested = false;
      await reload();
    }
    isUnderWay = false;
  };

  return {
    /** Begins a reload, or has the one under way followed by another: the program may have changed since it began. */
    request: (): void => {
      isRequested = true;
      if (!isUnderWay) void runRequested();
    },
    /** Throws while a reload is under way, and after one that was refused until another one is done. */
    requireLastDone: (): void => {
      if (isUnderWay) throw new Error(UNDER_WAY);
      if (fault !== null) throw new Error(`the last reload was refused: ${fault}`);
    },
  };
}
