import { settleWithin } from './settle-within';

export interface CloseStep {
  name: string;
  /** Defaults to 5 s. */
  limitMs?: number;
  close: () => Promise<unknown> | void;
}

export interface Shutdown {
  /** Returns true from the first signal on; readiness and new work check it. */
  isDraining: () => boolean;
  /**
   * Adds the closing of something just opened: the last opened is closed first, steps of one call in parallel. A step
   * that fails or takes longer than its limit is logged and left behind.
   */
  onClose(...steps: CloseStep[]): void;
  /** Begins shutting down; a repeat changes nothing but a zero exit code to a later non-zero one. */
  begin(input: { reason: string; exitCode: number }): void;
  /**
   * Calls `begin` on SIGTERM, SIGINT, PM2's message and every uncaught error; a second signal ends the process
   * immediately.
   */
  listen(): void;
}

export interface ShutdownLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  fatal(fields: object, message: string): void;
}

export interface CreateShutdownInput {
  logger: ShutdownLog;
  /** Milliseconds for the whole shutdown; then the process ends with exit code 1, naming the steps that hung. */
  forceMs: number;
  exit?: (code: number) => void;
}

const STEP_LIMIT_MS = 5000;

/**
 * Returns the orderly end of a process: readiness fails immediately, then everything is closed in the reverse order of
 * its opening.
 */
export function createShutdown({
  logger,
  forceMs,
  exit = (code) => process.exit(code),
}: CreateShutdownInput): Shutdown {
  const stages: CloseStep[][] = [];
  const underWay = new Set<string>();
  const left = new Set<string>();
  let exitCode: number | null = null;

  const endByForce = (): void => {
    const hanging = [...left, ...underWay];
    logger.fatal(
      { hanging, forceMs },
      `Shutdown took longer than ${forceMs} ms and is ended by force; still open: ${hanging.join(', ')}`,
    );
    exit(1);
  };

  const closeOne = async ({ name, close, limitMs = STEP_LIMIT_MS }: CloseStep): Promise<void> => {
    underWay.add(name);
    const outcome = await settleWithin({ work: async () => close(), limitMs });
    underWay.delete(name);
    if (outcome.ended === 'late') {
      left.add(name);
      logger.warn({ step: name, limitMs }, `Closing ${name} takes longer than ${limitMs} ms; continuing without it`);
    }
    if (outcome.ended === 'failed')
      logger.warn({ step: name, err: outcome.error }, `Closing ${name} failed; continuing`);
  };

  const closeAll = async (): Promise<void> => {
    const hardLimit = setTimeout(endByForce, forceMs);
    const begun = performance.now();
    // A boot under way may still add steps, so the list is read again each time.
    for (let stage = stages.pop(); stage !== undefined; stage = stages.pop()) await Promise.all(stage.map(closeOne));
    clearTimeout(hardLimit);
    logger.info(
      { durationMs: Math.round(performance.now() - begun), exitCode, ...(left.size > 0 ? { left: [...left] } : {}) },
      'Stopped',
    );
    exit(exitCode ?? 0);
  };

  const begin: Shutdown['begin'] = ({ reason, exitCode: code }) => {
    const isFirst = exitCode === null;
    exitCode = exitCode || code;
    if (!isFirst) return;
    logger.info({ reason }, 'Stopping');
    void closeAll();
  };

  return {
    isDraining: () => exitCode !== null,
    onClose(...steps) {
      stages.push(steps);
    },
    begin,
    listen() {
      const onSignal = (signal: string): void => {
        if (exitCode === null) return begin({ reason: signal, exitCode: 0 });
        logger.warn({ signal, open: [...underWay] }, 'Second signal: ended immediately');
        exit(1);
      };
      process.on('SIGTERM', () => onSignal('SIGTERM'));
      process.on('SIGINT', () => onSignal('SIGINT'));
      // PM2 sends both the message and a signal, so the message alone never counts as the second one.
      process.on('message', (message) => {
        if (message === 'shutdown') begin({ reason: 'shutdown message', exitCode: 0 });
      });
      const onUncaught = (what: string) => (error: unknown) => {
        logger.fatal({ err: error }, what);
        begin({ reason: what, exitCode: 1 });
      };
      process.on('uncaughtException', onUncaught('Uncaught exception'));
      process.on('unhandledRejection', onUncaught('Unhandled rejection'));
    },
  };
}
