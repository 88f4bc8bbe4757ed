import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { Index } from './judge-query.ts';
import { queriesOf, shapeOf, type SentCommand } from './sent-query.ts';

const { EJSON } = mongoose.mongo.BSON;

/** The file of all indexes; each jest worker writes its commands to another file. */
export const INDEX_FILE = 'indexes.json';

/** The file with a line for each write that leaves `touchedAt` of a reconciled entity. */
export const UNTOUCHED_FILE = 'untouched.txt';

/** What the tests of a run sent, one command of each shape, and the indexes of the program. */
export interface RecordedQueries {
  commands: SentCommand[];
  /** A line about each place that wrote a reconciled entity without `touchedAt`. */
  untouched: string[];
  indexes: Index[];
  /** A database of the run, with all indexes. */
  uri: string;
}

/** Reads the records of a run; null when no test used a database. */
export function readRecordedQueries(folder: string): RecordedQueries | null {
  if (!existsSync(join(folder, INDEX_FILE))) return null;
  const { indexes, uri } = JSON.parse(readFileSync(join(folder, INDEX_FILE), 'utf8')) as Omit<
    RecordedQueries,
    'commands' | 'untouched'
  >;
  const linesOf = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  const files = readdirSync(folder);
  const lines = files.filter((name) => ![INDEX_FILE, UNTOUCHED_FILE].includes(name)).flatMap(linesOf);
  const untouched = files.includes(UNTOUCHED_FILE) ? [...new Set(linesOf(UNTOUCHED_FILE))] : [];
  const commands = new Map<string, SentCommand>();
  for (const line of lines) {
    const sent = EJSON.parse(line) as SentCommand;
    commands.set(queriesOf(sent).map(shapeOf).join('\n'), sent);
  }
  return { commands: [...commands.values()], untouched, indexes, uri };
}
