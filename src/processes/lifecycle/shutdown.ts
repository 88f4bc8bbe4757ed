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
   * Calls `begin` on SIGTERM, SIGINT, the message of PM2 or of a cluster's primary, and every uncaught error. A second
   * signal ends the process immediately, unless it belongs to the same shutdown as the first.
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
  /** Where signals, messages and uncaught errors come from. Defaults to `process`. */
  program?: Pick<NodeJS.EventEmitter, 'on'>;
  /** Milliseconds since the start of the process. */
  now?: () => number;
}

/**
 * Within this time after the first signal further ones belong to the same shutdown: Ctrl-C goes to every process of the
 * group, and npm, PM2's `treekill` or a service manager then forward it once more.
 */
const SAME_SHUTDOWN_MS = 1000;
/** The message with which PM2 or the primary of a cluster asks a process to shut down. */
export const SHUTDOWN_MESSAGE = 'shutdown';
const STEP_LIMIT_MS = 5000;

/**
 * Returns the orderly end of a process: readiness fails immediately, then everything is closed in the reverse order of
 * its opening.
 */
export function createShutdown({
  logger,
  forceMs,
  exit = (code) => process.exit(code),
  program = process,
  now = () => performance.now(),
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
      let firstSignalAt: number | null = null;
      const onSignal = (signal: string): void => {
        // A message begins a shutdown too, but the first signal after it is not the second signal.
        firstSignalAt ??= now();
        if (now() - firstSignalAt < SAME_SHUTDOWN_MS) return begin({ reason: signal, exitCode: 0 });
        logger.warn({ signal, open: [...underWay] }, 'Second signal: ended immediately');
        exit(1);
      };
      program.on('SIGTERM', () => onSignal('SIGTERM'));
      program.on('SIGINT', () => onSignal('SIGINT'));
      program.on('message', (message) => {
        if (message === SHUTDOWN_MESSAGE) begin({ reason: 'shutdown message', exitCode: 0 });
      });
      const onUncaught = (what: string) => (error: unknown) => {
        logger.fatal({ err: error }, what);
        begin({ reason: what, exitCode: 1 });
      };
      program.on('uncaughtException', onUncaught('Uncaught exception'));
      program.on('unhandledRejection', onUncaught('Unhandled rejection'));
    },
  };
}
