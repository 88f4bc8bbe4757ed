import { TypeID } from 'typeid-js';
import { idPrefixes, type IdKind } from '../ids';

/** Returns the text before every id of its kind that is created later than an instant, and after all others. */
export function idAfter(kind: IdKind, instant: Date): string {
  // An id has no time before 1970.
  const time = Math.max(0, instant.getTime() + 1)
    .toString(16)
    .padStart(12, '0');
  return TypeID.fromUUID(idPrefixes[kind], `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`).toString();
}
