import type { Document, SentCommand } from './sent-query.ts';

/** The real time of the last write, by which the reconciler finds what changed (docs/decisions/0021). */
const FIELD = 'touchedAt';

/**
 * Returns a line about a write that leaves `touchedAt` of a reconciled entity as it was, so that the reconciler would
 * not see the change; null for every other command.
 */
export function describeUntouched({ place, command }: SentCommand, reconciled: readonly string[]): string | null {
  const [name = ''] = Object.keys(command);
  const collection = String(command[name]);
  if (!reconciled.includes(collection) || writesOf(name, command).every(sets)) return null;
  return `${place} writes ${collection} (${name}) without ${FIELD}: the reconciler would not see the change`;
}

/** Returns the documents and updates that a command writes. */
function writesOf(name: string, command: Document): unknown[] {
  if (name === 'insert') return command.documents as Document[];
  if (name === 'update') return (command.updates as { u: unknown }[]).map(({ u }) => u);
  return name === 'findAndModify' && command.update !== undefined ? [command.update] : [];
}

/** Returns true for a document with the field, and for an update, or a stage of a pipeline, that sets the field. */
function sets(write: unknown): boolean {
  if (Array.isArray(write)) return write.some(sets);
  const { $set, $currentDate, ...document } = write as Record<string, Document | undefined>;
  return [$set, $currentDate, document].some((part) => part !== undefined && FIELD in part);
}
