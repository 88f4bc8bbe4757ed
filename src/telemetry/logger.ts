import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { createRedactor } from './redact';

export type Logger = PinoLogger;

/** What ties lines together. Bind what is known: `logger.child({ correlationId, partnerId } satisfies LogBindings)`. */
export interface LogBindings {
  correlationId?: string;
  partnerId?: string;
  workflowId?: string;
  operationId?: string;
}

export interface CreateLoggerInput {
  level: LoggerOptions['level'];
  /** `auto`: pretty on a terminal, JSON elsewhere. */
  format: 'auto' | 'json' | 'pretty';
  /** Which process this is. */
  role: string;
  instance: number;
  /** Values that are struck out wherever they turn up. */
  secrets: readonly string[];
  /** For tests; standard output otherwise. */
  destination?: DestinationStream;
}

/**
 * One JSON object per line on standard output, times in ISO 8601. Keys, tokens and mail addresses are struck out of
 * every line, whatever field or text they are in. No transports: those are threads that load files, which a single-file
 * build has not.
 */
export async function createLogger({
  level,
  format,
  role,
  instance,
  secrets,
  destination,
}: CreateLoggerInput): Promise<Logger> {
  const pretty = format === 'pretty' || (format === 'auto' && destination === undefined && process.stdout.isTTY);
  const options: LoggerOptions = {
    level,
    base: { role, instance, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: createRedactor(secrets) },
  };
  const stream = pretty ? await prettyStream(destination) : destination;
  // Without a stream pino writes to the file descriptor, or, where PM2 has put its own `write` on standard output,
  // through that.
  return stream ? pino(options, stream) : pino(options);
}

async function prettyStream(destination?: DestinationStream): Promise<DestinationStream> {
  const { default: prettify } = await import('pino-pretty');
  return prettify({
    colorize: destination === undefined,
    ignore: 'pid,instance,role',
    translateTime: 'HH:MM:ss.l',
    sync: true,
    ...(destination ? { destination } : {}),
  });
}
