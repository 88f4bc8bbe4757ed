import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { listingSweepActivityOptions, listingSweepSearchOptions } from '../../config/temporal';
import { ENTITY_NOT_OURS } from '../../src/contracts/commands';
import {
  getState,
  SWEEP_NOT_ORDERED,
  type ListingExpirationInput,
  type SweepOrder,
} from '../../src/contracts/listings/expiration';
import type { OperationFailure, SweepCounts } from '../../src/contracts/operation';
import { failureType } from '../process-run';
import { SweepRun } from './sweep-run';

const { beginExpiration, getListingStatus, expireListing, remindListing, finishExpiration } =
  proxyActivities<Activities>(listingSweepActivityOptions);
const { removeFromSearchIndex } = proxyActivities<Activities>(listingSweepSearchOptions);

/**
 * Sweeps the listings once: moves those whose time has passed to `expired`, each at its own end, and notifies the
 * owners, page by page. What a page has expired leaves the search index before the next page. A few actions for each
 * page of 500 listings, and two where nothing is due. Runs in real time.
 *
 * Every activity finds only what is still due, so no listing is handled twice, whatever is repeated or killed.
 *
 * @throws ApplicationFailure `SWEEP_NOT_ORDERED` for a start by hand
 */
export async function listingExpiration(input?: ListingExpirationInput | null): Promise<SweepCounts> {
  const { order, progress } = orderOf(input);
  const run = new SweepRun(progress);
  setHandler(getState, () => run.status());
  if (order) await runOperation(run, order);
  else await sweep(run, [null]);
  run.state = run.failure ? 'failed' : 'completed';
  return run.counts;
}

function orderOf(input: ListingExpirationInput | null = {}) {
  const { tenantId, operationId, correlationId = '', isScheduled, progress } = input ?? {};
  if (typeof tenantId === 'string' && typeof operationId === 'string')
    return { order: { tenantId, operationId, correlationId }, progress };
  if (isScheduled === true) return { order: null, progress };
  throw ApplicationFailure.nonRetryable(
    'A sweep belongs to the schedule or to an operation: POST /listings/expirations orders one',
    SWEEP_NOT_ORDERED,
  );
}

async function runOperation(run: SweepRun, order: SweepOrder): Promise<void> {
  const step = () => ({ ...order, chain: workflowInfo().firstExecutionRunId, at: new Date().toISOString() });
  try {
    const { tenantIds, dryRun } = await beginExpiration(step());
    if (!dryRun) await sweep(run, tenantIds, order);
  } catch (error) {
    // The operation is unknown, or belongs to another run: there is nothing to finish.
    if (error instanceof ContinueAsNew || [ENTITY_NOT_OURS, 'NOT_FOUND'].includes(failureType(error))) throw error;
    run.failure = failureOf(error);
  }
  await CancellationScope.nonCancellable(() => finishExpiration({ ...step(), failure: run.failure }));
}

const failureOf = (error: unknown): OperationFailure =>
  isCancellation(error)
    ? { code: 'CANCELLED', detail: 'The sweep was cancelled in Temporal. What it did stays done.', workflowId: null }
    : { code: 'INTERNAL', detail: 'An unexpected error ended the sweep. Order it again.', workflowId: null };

/** Sweeps the tenants in turn; null stands for all at once. */
async function sweep(run: SweepRun, tenantIds: readonly (string | null)[], order?: SweepOrder): Promise<void> {
  for (; run.tenant < tenantIds.length; run.toNextTenant()) {
    const scope = {
      tenantId: tenantIds[run.tenant]!,
      at: new Date().toISOString(),
      ...(order ? { operationId: order.operationId } : {}),
    };
    const due = await getListingStatus(scope);
    if (run.phase === 'expiry') {
      if (due.expiry > 0)
        await throughPages(run, order, async () => {
          const page = await expireListing({ ...scope, after: run.after });
          if (page.expired > 0) await clearSearchIndex(scope);
          return page;
        });
      run.toNotices();
    }
    if (due.notices > 0) await throughPages(run, order, () => remindListing({ ...scope, after: run.after }));
  }
}

/** Takes what has ended out of the search index; the events of the listings do so too, where the index is away. */
async function clearSearchIndex(scope: Parameters<typeof removeFromSearchIndex>[0]): Promise<void> {
  try {
    await removeFromSearchIndex(scope);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

async function throughPages(
  run: SweepRun,
  order: SweepOrder | undefined,
  handlePage: () => Promise<Parameters<SweepRun['add']>[0]>,
): Promise<void> {
  do {
    run.add(await handlePage());
    if (run.after && run.isLong)
      await continueAsNew<typeof listingExpiration>({ ...(order ?? { isScheduled: true }), progress: run.progress() });
  } while (run.after);
}
