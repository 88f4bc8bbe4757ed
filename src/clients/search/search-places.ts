import type { CallerDeadline } from '../../contracts/listings/caller-deadline';
import { TenantPlaces } from '../../domain/tenant-places';

/** Who searches, and how long for. */
export interface Searcher {
  tenantId: string;
  deadline: CallerDeadline;
}

export interface SearchPlaces {
  /** Runs a search once it has a place. @throws the deadline's error where nobody waits for the search by then */
  run<Result>(searcher: Searcher, search: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  tenantId: string;
  begin: () => void;
}

/**
 * Returns the places of the searches that a process works on at a time, which tenants share (see `TenantPlaces`). Those
 * that find none wait in the order in which they came.
 */
export function createSearchPlaces(count: number): SearchPlaces {
  const places = new TenantPlaces(count);
  let waiting: Waiting[] = [];

  const admit = (): void => {
    const admitted = new Set(waiting.filter(({ tenantId }) => places.take(tenantId)));
    waiting = waiting.filter((one) => !admitted.has(one));
    for (const { begin } of admitted) begin();
  };

  return {
    async run({ tenantId, deadline }, search) {
      if (!places.take(tenantId)) await new Promise<void>((begin) => waiting.push({ tenantId, begin }));
      try {
        deadline.throwIfOver();
        return await search();
      } finally {
        places.giveBack(tenantId);
        admit();
      }
    },
  };
}
