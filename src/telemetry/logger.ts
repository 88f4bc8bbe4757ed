import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { createRedactor } from './redact';

export type Logger = PinoLogger;

/** The ids by which lines belong together: `logger.child({ correlationId, partnerId } satisfies LogBindings)`. */
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
  /** Role of this process. */
  role: string;
  instance: number;
  /** Values that are redacted wherever they occur. */
  secrets: readonly string[];
  /** For tests. Defaults to standard output. */
  destination?: DestinationStream;
}

/**
 * Returns a logger that writes one JSON object per line to standard output, times in ISO 8601. Keys, tokens and mail
 * addresses are redacted in every line, in every field and text. It uses no transports: those are threads that load
 * files, which a single-file build does not have.
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
  // Without a stream pino writes to the file descriptor, or through PM2's own `write` where PM2 has replaced that of
  // standard output.
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
