import { listingReviewProcess } from '../../../contracts/listings/process';
import type { ReviewCommand, ReviewOutcome } from '../../../contracts/listings/review';
import type { Actor } from '../../../domain/actor';
import { hasReviewEnded, reviewNotOpen } from '../../../domain/listings/review';
import { sendCommand, type CommandDependencies } from '../../send-command';

export interface SendReviewCommandInput {
  tenantId: string;
  reviewId: string;
  command: ReviewCommand;
  /** From the idempotency record, also the update id: a retry receives the same update's outcome. */
  commandId: string;
  by: Actor;
}

/**
 * Sends a command to a running review; see {@link sendCommand}. The reviewer and the texts are stored beforehand under
 * the command's id.
 *
 * @throws DomainError as `sendCommand`, and `REVIEW_NOT_OPEN`, `REVISION_CHANGED`, `REVIEWER_IS_AUTHOR`,
 *   `REVIEW_CLAIMED`.
 */
export type SendReviewCommand = (input: SendReviewCommandInput) => Promise<ReviewOutcome>;

export function createReviewCommands(dependencies: CommandDependencies): SendReviewCommand {
  return async ({ tenantId, reviewId, command, commandId, by }) =>
    sendCommand(dependencies, {
      tenantId,
      process: listingReviewProcess,
      entityId: reviewId,
      update: command,
      input: { commandId, by },
      refusalOf: ({ state }) => (hasReviewEnded(state) ? reviewNotOpen(state) : null),
    }) as Promise<ReviewOutcome>;
}
