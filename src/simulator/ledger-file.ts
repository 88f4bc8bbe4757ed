import { createReadStream } from 'node:fs';
import { mkdir, open, stat, truncate } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface LedgerFile {
  /** Resolves once the line is on disk. Rejects, for this and every later line, when the disk refused a line. */
  append(record: object): Promise<void>;
  /** Resolves once everything appended so far is on disk. */
  durable(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenLedgerFileInput {
  path: string;
  /** Called with each record on disk, oldest first, before the file is opened for appending. */
  onRecord: (record: unknown) => void;
}

const NEWLINE = 0x0a;

/**
 * Opens or creates an append-only file of JSON lines. Lines appended while a write is under way share the next fsync.
 *
 * A last line without its newline was never acknowledged (the process died in the middle of it) and is cut off. A
 * broken line anywhere else is damage: the error names file and line, and nothing is changed.
 */
export async function openLedgerFile({ path, onRecord }: OpenLedgerFileInput): Promise<LedgerFile> {
  await mkdir(dirname(path), { recursive: true });
  await readLines(path, onRecord);
  const file = await open(path, 'a');
  await syncFolder(dirname(path));

  let waiting: string[] = [];
  let round: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const write = async () => {
    next = undefined;
    const lines = waiting;
    waiting = [];
    await writeDurably(file, lines.join(''));
  };
  // Each round starts after the previous one has succeeded: a failed disk fails every later append too, since lines
  // after a half-written one could never be read again.
  const schedule = (): Promise<void> => {
    next ??= (round ?? Promise.resolve()).then(write);
    round = next;
    round.catch(() => undefined);
    return next;
  };

  return {
    append(record) {
      waiting.push(`${JSON.stringify(record)}\n`);
      return schedule();
    },
    durable: () => round ?? Promise.resolve(),
    async close() {
      await round?.catch(() => undefined);
      await file.close();
    },
  };
}

async function writeDurably(file: FileHandle, lines: string): Promise<void> {
  await file.writeFile(lines);
  await file.datasync();
}

async function readLines(path: string, onRecord: (record: unknown) => void): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  let goodBytes = 0;
  // Reads bytes instead of using readline, which also splits at U+2028, which JSON leaves unescaped inside strings.
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const data = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, start)) {
      line += 1;
      onRecord(parseLine(data.toString('utf8', start, end), path, line));
      goodBytes += end + 1 - start;
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  if (rest.length > 0) await truncate(path, goodBytes);
}

function parseLine(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `The gateway's ledger ${path} is damaged at line ${line}: not JSON. Restore the file from a copy, or ` +
        'start with another data folder.',
      { cause },
    );
  }
}

/** Syncs the folder; otherwise a power failure can lose even the file's name, whatever was synced into the file. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
