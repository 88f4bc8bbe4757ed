import { readVerificationToken } from '../../contracts/users/verification-token';
import { DomainError } from '../../domain/domain-error';
import { isId } from '../../domain/ids';
import type { OnboardingCommand } from '../../domain/users/onboarding';
import { requireEmail } from '../../domain/values/email';
import type { Database } from '../../models/database';
import type { SendOnboardingCommand } from '../../temporal/commands/users/onboarding-commands';
import { actorOf } from '../actor-of';
import { notFound, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { keepPayload } from '../replies/keep-payload';
import { explainTakenAddress } from './taken-address';
import type { Call, Reply } from '../pipeline/request-context';

export interface OnboardingCommandHandlersInput {
  database: Database;
  idempotency: Idempotency;
  sendOnboardingCommand: SendOnboardingCommand;
  tokenSecret: string;
  basePath: string;
}

type CommandCall = Call<unknown, unknown, { onboardingId: string }>;

/** Sends each command on an onboarding to its workflow, and responds once the workflow has accepted the command. */
export function onboardingCommandHandlers(input: OnboardingCommandHandlersInput): Handlers<OnboardingCommand> {
  const { database, idempotency, sendOnboardingCommand, tokenSecret, basePath } = input;

  interface SendInput {
    using?: 'write' | 'review';
    /** Texts and personal data, which must not pass through Temporal: they stay in MongoDB, only the id is sent. */
    payload?: Record<string, unknown>;
    generation?: number;
    /** Returns the problem behind a refusal. */
    explain?: (error: unknown) => Promise<unknown>;
  }

  // Called first: a request for another tenant's onboarding stores nothing, and gets the response of an unknown id.
  const rejectUnknown = async ({ tenantId, params: { onboardingId } }: CommandCall): Promise<void> => {
    const known =
      isId('onboarding', onboardingId) && (await database.models.onboardings.exists({ _id: onboardingId, tenantId }));
    if (!known) throw notFound('onboarding');
  };

  const command = async (
    call: CommandCall,
    { using = 'write', payload, generation, explain = async (error) => error }: SendInput = {},
  ): Promise<Reply> => {
    const { tenantId, params, caller, operation } = call;
    const { onboardingId } = params;
    await rejectUnknown(call);
    return idempotency.commandOnce({
      call,
      async send(commandId) {
        if (payload) await keepPayload({ database, tenantId, entityId: onboardingId, commandId, payload });
        const by = actorOf(caller, using);
        const outcome = await sendOnboardingCommand({
          tenantId,
          onboardingId,
          command: operation.id as OnboardingCommand,
          commandId,
          by,
          generation,
        }).catch(async (error: unknown) => {
          throw await explain(error);
        });
        return {
          status: 200,
          headers: { 'Content-Location': `${basePath}/onboardings/${onboardingId}` },
          body: { id: onboardingId, state: outcome.state, at: outcome.at },
        };
      },
    });
  };

  return {
    async verifyEmail(call) {
      const { onboardingId } = call.params;
      await rejectUnknown(call);
      const link = readVerificationToken({ secret: tokenSecret, token: call.body.token });
      if (link?.onboardingId !== onboardingId) {
        throw new DomainError(
          'TOKEN_INVALID',
          'The token is invalid or belongs to another onboarding. Send the token from the newest e-mail, unchanged.',
          { pointer: '/token' },
        );
      }
      return command(call, { generation: link.generation });
    },
    resendVerification: (call) => command(call),
    updateOnboardingEmail(call) {
      const email = requireEmail(call.body.email);
      return command(call, {
        payload: { email },
        explain: async (error) => {
          const isTaken = error instanceof DomainError && error.code === 'EMAIL_TAKEN';
          return (isTaken && (await explainTakenAddress({ database, tenantId: call.tenantId, email }))) || error;
        },
      });
    },
    submitProfile: (call) => command(call, { payload: { ...call.body } }),
    approveOnboarding: (call) => command(call, { using: 'review', payload: { note: call.body?.note ?? null } }),
    rejectOnboarding: (call) => command(call, { using: 'review', payload: { reason: call.body.reason } }),
    cancelOnboarding: (call) => command(call, { payload: { reason: call.body?.reason ?? null } }),
  };
}
