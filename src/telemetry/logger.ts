import { Writable } from 'node:stream';
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
  destination: DestinationStream;
}

/**
 * Returns a logger that writes one JSON object per line to `destination`, times in ISO 8601. Keys, tokens and mail
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
  const pretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  const options: LoggerOptions = {
    level,
    base: { role, instance, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: createRedactor(secrets) },
  };
  return pino(options, pretty ? await prettyStream(destination) : destination);
}

async function prettyStream(destination: DestinationStream): Promise<DestinationStream> {
  const { default: prettify } = await import('pino-pretty');
  return prettify({
    colorize: process.stdout.isTTY,
    ignore: 'pid,instance,role',
    translateTime: 'HH:MM:ss.l',
    sync: true,
    destination: new Writable({
      write(line: Buffer, _encoding, done) {
        destination.write(line.toString());
        done();
      },
    }),
  });
}
