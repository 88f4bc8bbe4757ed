import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptHistory, NamedHistory } from './replay-histories';

const WORKFLOWS = join(__dirname, '../../../workflows');

/** Returns a history by its file. */
export const readHistory = (folder: string, file: string): NamedHistory => ({
  name: file.replace(/\.json$/, ''),
  history: JSON.parse(readFileSync(join(folder, file), 'utf8')) as KeptHistory,
});

/** Returns the recorded history of every ending, by the name of its file. */
export const findRecordedHistories = (): NamedHistory[] =>
  readdirSync(WORKFLOWS, { recursive: true, encoding: 'utf8' })
    .filter((name) => /histories\/.*\.json$/.test(name))
    .map((name) => readHistory(WORKFLOWS, name));
