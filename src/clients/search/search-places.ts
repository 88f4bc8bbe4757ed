import type { SearchQuery } from '../../contracts/listings/search';
import { DomainError } from '../../domain/domain-error';
import { TenantPlaces } from '../../domain/tenant-places';

/** Searches of one sharer that wait, for each place: more would hardly begin while their callers wait. */
const WAITING_FOR_A_PLACE = 4;

export interface SearchPlaces {
  /**
   * Runs a search once it has a place.
   * @throws the deadline's error where nobody waits for the search by then, and DomainError `RATE_LIMITED` where too
   *   many of the sharer's searches wait
   */
  run<Result>(query: Pick<SearchQuery, 'sharer' | 'deadline'>, search: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  sharer: string;
  begin: () => void;
}

/**
 * Returns the places of the searches that a process works on at a time. They are shared as tenants share theirs (see
 * `TenantPlaces`). Searches that find none wait in the order in which they came.
 */
export function createSearchPlaces(count: number): SearchPlaces {
  const places = new TenantPlaces(count);
  const mayWait = count * WAITING_FOR_A_PLACE;
  let waiting: Waiting[] = [];

  const admit = (): void => {
    const admitted = new Set(waiting.filter(({ sharer }) => places.take(sharer)));
    waiting = waiting.filter((one) => !admitted.has(one));
    for (const { begin } of admitted) begin();
  };
  const wait = (sharer: string): Promise<void> => {
    if (waiting.filter((one) => one.sharer === sharer).length >= mayWait) throw tooMany(mayWait);
    return new Promise((begin) => waiting.push({ sharer, begin }));
  };

  return {
    async run({ sharer, deadline }, search) {
      if (!places.take(sharer)) await wait(sharer);
      try {
        deadline.throwIfOver();
        return await search();
      } finally {
        places.giveBack(sharer);
        admit();
      }
    },
  };
}

const tooMany = (mayWait: number): DomainError =>
  new DomainError(
    'RATE_LIMITED',
    `${mayWait} of your searches wait for their turn already. Wait for some of them before you send more.`,
    { retryAfterSeconds: 1 },
  );
