import { DomainError } from '../../domain/domain-error';
import type { Handlers } from '../handler';
import type { RequireSchema } from '../pipeline/input/validate';
import { isRefusal, problemOf } from '../problems';
import type { Reply } from '../pipeline/request-context';
import { batchTerms } from '../replies/batch';
import type { Idempotency } from '../replies/idempotency';
import { decideReview, type Decided, type DecideReviewInput, type Decision } from './decide-review';
import type { ListingCall } from './find-listing';

export interface ReviewDecisionHandlersInput extends DecideReviewInput {
  idempotency: Idempotency;
  requireSchema: RequireSchema;
  basePath: string;
}

type DecisionOperations = 'approveListing' | 'rejectListing' | 'decideListingReviews';
type DecisionCall = ListingCall & { body: { reviewer: string; revision: number } };

/** Decisions of a batch that are sent at a time: each waits for the run of its review. */
const CONCURRENT = 10;

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
      const { reviewer } = body;
      return idempotency.commandOnce({
        call,
        batch: batchTerms,
        async send(commandId, extendLock) {
          const results: DecisionResult[] = [];
          for (let next = 0; next < body.items.length; next += CONCURRENT) {
            await extendLock();
            const sent = body.items.slice(next, next + CONCURRENT).map(async (value, place) => {
              const index = next + place;
              return resultOf(index, async () => {
                const decision = decisionOf(value, reviewer, requireSchema);
                const about = { tenantId, caller, commandId: `${commandId}-${index}` };
                return { ...(await decideReview(input, { ...about, ...decision })), command: decision.command };
              });
            });
            results.push(...(await Promise.all(sent)));
          }
          const unknown = results.find((result) => 'unknown' in result);
          // What was decided is found again by a repeat.
          if (unknown) throw unknown.unknown;
          return { status: 200, body: presentDecisions(results, correlationId) };
        },
      });
    },
  };
}

/** An outcome; a refusal; or an error after which the outcome is not known. */
type DecisionResult = { index: number } & (DecidedBy | { error: DomainError } | { unknown: unknown });
type DecidedBy = Decided & Pick<Decision, 'command'>;

async function resultOf(index: number, decide: () => Promise<DecidedBy>): Promise<DecisionResult> {
  try {
    return { index, ...(await decide()) };
  } catch (error) {
    return error instanceof DomainError && isRefusal(error) ? { index, error } : { index, unknown: error };
  }
}

type SentDecision = { listingId: string; decision: string; revision: number };

/** Returns the decision that an item of a batch stands for. @throws RequestProblem with pointers into the item */
function decisionOf(value: unknown, reviewer: string, requireSchema: RequireSchema) {
  const isRejection = (value as Partial<SentDecision> | null)?.decision === 'reject';
  const schema = isRejection ? 'ListingRejectionItem' : 'ListingApprovalItem';
  const { listingId, decision: _decision, ...body } = requireSchema(schema, value) as SentDecision;
  const command: Decision['command'] = isRejection ? 'rejectListing' : 'approveListing';
  return { listingId, command, body: { ...body, reviewer } };
}

const outcomes = { approveListing: 'approved', rejectListing: 'rejected' } as const;

function presentDecisions(results: readonly DecisionResult[], correlationId: string) {
  const counts = { approved: 0, rejected: 0, refused: 0 };
  const items = results.map((result) => {
    const { index } = result;
    const outcome = 'command' in result ? outcomes[result.command] : 'refused';
    counts[outcome] += 1;
    if ('command' in result) return { index, outcome, id: result.reviewId, at: result.at };
    const { error } = result as { error: DomainError };
    return { index, outcome, problem: problemOf({ error, correlationId }).body };
  });
  return { items, counts };
}
