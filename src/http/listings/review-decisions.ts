import { DomainError } from '../../domain/domain-error';
import type { Handlers } from '../handler';
import type { RequireSchema } from '../pipeline/input/validate';
import { problemOf } from '../problems';
import type { Reply } from '../pipeline/request-context';
import { batchTerms } from '../replies/batch';
import type { Idempotency } from '../replies/idempotency';
import { decideInOrder, type DecisionResult, type SentDecision } from './decide-in-order';
import { decideReview, type DecideReviewInput, type Decision } from './decide-review';
import type { ListingCall } from './find-listing';

export interface ReviewDecisionHandlersInput extends DecideReviewInput {
  idempotency: Idempotency;
  requireSchema: RequireSchema;
  basePath: string;
}

type DecisionOperations = 'approveListing' | 'rejectListing' | 'decideListingReviews';
type DecisionCall = ListingCall & { body: { reviewer: string; revision: number } };

/** Milliseconds kept for the last decisions that were begun, and for the response. */
const LAST_MS = 5000;

/** Sends each decision to the run of the review, and responds once the run has recorded it. */
export function reviewDecisionHandlers(input: ReviewDecisionHandlersInput): Handlers<DecisionOperations> {
  const { idempotency, requireSchema, basePath } = input;

  const decide = async (call: DecisionCall): Promise<Reply> => {
    const { tenantId, caller, operation, body, params } = call;
    const command = operation.id as Decision['command'];
    return idempotency.commandOnce({
      call,
      async send(commandId) {
        const decision = { tenantId, caller, listingId: params.listingId, command, body, commandId };
        const { reviewId: id, state, at } = await decideReview(input, decision);
        const headers = { 'Content-Location': `${basePath}/listing-reviews/${id}` };
        return { status: 200, headers, body: { id, state, at } };
      },
    });
  };

  return {
    approveListing: decide,
    rejectListing: decide,

    async decideListingReviews(call) {
      const { tenantId, caller, correlationId, body } = call;
      const { decisions, refusals } = readDecisions(body, requireSchema);
      try {
        return await idempotency.commandOnce({
          call,
          batch: batchTerms,
          async send(commandId, extendLock) {
            const results = await decideInOrder({
              decisions,
              decide: (index, decision) =>
                decideReview(input, { tenantId, caller, commandId: `${commandId}-${index}`, ...decision }),
              extendLock,
              withinMs: batchTerms.withinMs - LAST_MS,
            });
            return replyWith([...results, ...refusals], correlationId);
          },
        });
      } catch (error) {
        if (error instanceof PartlyPending) return error.reply;
        throw error;
      }
    },
  };
}

/**
 * Ends the request with a response that no repeat gets: a repeat learns the outcomes that are pending, under the same
 * commands.
 */
class PartlyPending extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('The outcome of some decisions is pending');
    this.reply = reply;
  }
}

interface ReadDecisions {
  decisions: Map<number, SentDecision>;
  refusals: DecisionResult[];
}

/** Returns the decisions that match the contract, and what the other items lack. */
function readDecisions(
  { reviewer, items }: { reviewer: string; items: readonly unknown[] },
  requireSchema: RequireSchema,
): ReadDecisions {
  const decisions = new Map<number, SentDecision>();
  const refusals: DecisionResult[] = [];
  for (const [index, value] of items.entries()) {
    try {
      decisions.set(index, decisionOf(value, reviewer, requireSchema));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusals.push({ index, refusal: error });
    }
  }
  return { decisions, refusals };
}

const kinds = {
  approve: { command: 'approveListing', schema: 'ListingApprovalItem' },
  reject: { command: 'rejectListing', schema: 'ListingRejectionItem' },
} as const;

/** Returns the decision that an item of a batch stands for. @throws RequestProblem with pointers into the item */
function decisionOf(value: unknown, reviewer: string, requireSchema: RequireSchema): SentDecision {
  // What else an item has depends on what it decides.
  const { decision } = requireSchema('ListingDecisionItem', value) as { decision: keyof typeof kinds };
  const { command, schema } = kinds[decision];
  const item = requireSchema(schema, value) as { listingId: string; decision: string; revision: number };
  const { listingId, decision: _decision, ...body } = item;
  return { listingId, command, body: { ...body, reviewer } };
}

/** Returns the response. @throws PartlyPending; the error itself where the outcome of no decision is known */
function replyWith(results: readonly DecisionResult[], correlationId: string): Reply {
  const pending = results.filter((result) => 'pending' in result);
  if (pending.length === results.length) throw pending[0]!.pending;
  const reply = { status: 200, body: presentDecisions(results, correlationId) };
  if (pending.length > 0) throw new PartlyPending(reply);
  return reply;
}

const outcomes = { approveListing: 'approved', rejectListing: 'rejected' } as const;

function presentDecisions(results: readonly DecisionResult[], correlationId: string) {
  const counts = { approved: 0, rejected: 0, refused: 0, pending: 0 };
  const items = results
    .toSorted((one, other) => one.index - other.index)
    .map((result) => {
      const { index } = result;
      if ('command' in result) {
        const outcome = outcomes[result.command];
        counts[outcome] += 1;
        return { index, outcome, id: result.reviewId, at: result.at };
      }
      const [outcome, error] =
        'pending' in result ? (['pending', result.pending] as const) : (['refused', result.refusal] as const);
      counts[outcome] += 1;
      return { index, outcome, problem: problemOf({ error, correlationId }).body };
    });
  return { items, counts };
}
