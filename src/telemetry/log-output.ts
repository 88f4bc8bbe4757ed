import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const STDOUT = 1;
/** Bytes that wait for a reader that is slower than the log. */
const MAX_WAITING_BYTES = 1024 * 1024;
const RETRY_MS = 100;

export interface LogOutput extends DestinationStream {
  /** Number of lines that could not be written. */
  readonly dropped: number;
}

export interface CreateLogOutputInput {
  /** Defaults to standard output. */
  fd?: number;
  /** For tests. Writes bytes and returns their number, as `fs.writeSync` does. */
  writeBytes?: WriteBytes;
}

type WriteBytes = (fd: number, bytes: Buffer) => number;

/**
 * Returns an output for log lines that never blocks and never throws: a line that cannot be written (a full disk, a
 * reader that is gone) is dropped and counted, and the next line is tried again. While a reader is only slow, up to
 * 1 MiB waits for it. (pino's own output tries a full disk again for ever, in a loop that stops the process.)
 */
export function createLogOutput({ fd = STDOUT, writeBytes = writerOf(fd) }: CreateLogOutputInput = {}): LogOutput {
  let waiting = Buffer.alloc(0);
  let dropped = 0;
  let retry: NodeJS.Timeout | null = null;

  const writeWaiting = (): void => {
    retry = null;
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeBytes(fd, waiting));
    } catch (error) {
      if (isBusy(error)) {
        retry = setTimeout(writeWaiting, RETRY_MS);
        return;
      }
      dropped += linesIn(waiting);
      waiting = Buffer.alloc(0);
    }
  };

  // The lines that say why a process ends.
  process.once('exit', writeWaiting);

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (waiting.length + bytes.length > MAX_WAITING_BYTES) {
        dropped += linesIn(bytes);
        return;
      }
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      if (retry === null) writeWaiting();
    },
    get dropped() {
      return dropped;
    },
  };
}

/** PM2 in cluster mode replaces `process.stdout.write` by its own, which has to be used. */
function writerOf(fd: number): WriteBytes {
  const { stdout } = process;
  if (fd !== STDOUT || !Object.hasOwn(stdout, 'write')) return writeSync;
  return (_fd, bytes) => {
    stdout.write(bytes);
    return bytes.length;
  };
}

const isBusy = (error: unknown): boolean => ['EAGAIN', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');

const NEWLINE = 10;
const linesIn = (bytes: Buffer): number => bytes.reduce((count, byte) => count + Number(byte === NEWLINE), 0);
