import { withImages, type ListingContent } from './content';
import type { ReviewDecision } from './review';

/** A field that differs between two revisions; null stands for a field that one of them lacks. */
export interface Difference {
  /** JSON pointer (RFC 6901): `/title`, `/attributes/mileage`. */
  pointer: string;
  before: unknown;
  after: unknown;
}

/** The fields whose entries are fields of their own. */
const nested = ['attributes', 'metadata'] as const satisfies (keyof ListingContent)[];
const isNested = (field: string): field is (typeof nested)[number] => (nested as readonly string[]).includes(field);

/** Returns the fields that differ, in the order of the content's fields; none for equal content. */
export function differencesOf(before: ListingContent, after: ListingContent): Difference[] {
  const fields = Object.keys(after) as (keyof ListingContent)[];
  return fields.flatMap((field) =>
    isNested(field)
      ? entriesThatDiffer(field, before[field], after[field])
      : isSame(before[field], after[field])
        ? []
        : [{ pointer: `/${field}`, before: before[field], after: after[field] }],
  );
}

function entriesThatDiffer(
  field: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Difference[] {
  const [entriesBefore, entriesAfter] = [before, after].map((entries) => new Map(Object.entries(entries)));
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .map((key) => ({
      pointer: `/${field}/${key}`,
      before: entriesBefore?.get(key) ?? null,
      after: entriesAfter?.get(key) ?? null,
    }))
    .filter((entry) => !isSame(entry.before, entry.after));
}

/** Compares values that `newContent` made: the members of an object are in one order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Returns the names of the content's fields that differ, each once: `attributes`, not each attribute. */
export const changedFields = (differences: readonly Difference[]): string[] => [
  ...new Set(differences.map(({ pointer }) => pointer.split('/')[1] ?? '')),
];

export interface RejectedDraft {
  rejection: Pick<ReviewDecision, 'reason' | 'fields'>;
  /** The content as it was rejected. */
  rejected: ListingContent;
  draft: ListingContent;
}

/**
 * Returns true for a draft that was rejected as it is: what was rejected stands in it unchanged. Another price mends
 * only a rejection for the price, and other metadata only one with a remark on them.
 */
export function isRejectedAsItIs({ rejection, rejected, draft }: RejectedDraft): boolean {
  const remarked = rejection.fields.map(({ pointer }) => pointer.split('/')[1]);
  const mends = rejection.reason === 'price' ? [...remarked, 'price'] : remarked;
  const besides = ['metadata', 'price'].filter((field) => !mends.includes(field));
  const changed = changedFields(differencesOf(withImages(rejected), withImages(draft)));
  return changed.every((field) => besides.includes(field));
}
