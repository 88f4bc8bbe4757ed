import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import { normaliseEmail } from '../../domain/values/email';
import { isId } from '../../domain/ids';
import type { UserStatus } from '../../domain/users/user';
import { applyStep, type StepInput } from '../../services/apply-step';
import type { Clock } from '../../services/clock';
import type { Database } from '../../models/database';
import type { Profile, User } from '../../models/users/user';
import { actorOf } from '../actor-of';
import { etagOf, rejectUnlessMatching, replyWithTag } from '../replies/etag';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { createdWithin, type ListPage, newestFirst } from '../replies/list';
import { copyToOnboarding } from './copy-to-onboarding';
import { presentUser } from './present-user';
import type { Call, Reply } from '../pipeline/request-context';

export interface UserHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  clock: Clock;
}

type UserCall = Call<unknown, unknown, { userId: string }>;
type UserOperations = 'listUsers' | 'getUser' | 'updateUser' | 'suspendUser' | 'reactivateUser';

/**
 * Reads and changes users. The process of a user has ended, so the api changes users itself, by guarded transitions.
 */
export function userHandlers({ database, idempotency, listPage, clock }: UserHandlersInput): Handlers<UserOperations> {
  const { users } = database.models;

  const find = async ({ tenantId, params }: UserCall, session?: ClientSession): Promise<User> => {
    const { userId } = params;
    const user = isId('user', userId)
      ? await users
          .findOne({ _id: userId, tenantId })
          .session(session ?? null)
          .lean()
      : null;
    if (!user) throw notFound('user');
    return user;
  };

  /** Applies a step on behalf of the caller, and returns the changed user. */
  const change = async (
    call: Call,
    user: User,
    step: Pick<StepInput, 'step' | 'from' | 'to' | 'event'>,
    set: Partial<User>,
    session: ClientSession,
  ): Promise<Reply> => {
    const { tenantId, caller } = call;
    const at = await clock.now(tenantId);
    const {
      state,
      version,
      at: changedAt,
    } = await applyStep(
      database,
      {
        tenantId,
        entityType: 'user',
        entityId: user._id,
        ...step,
        set,
        at: at.toISOString(),
        by: actorOf(caller),
        alongside: (within) => copyToOnboarding({ database, session: within, user, set }),
      },
      session,
    );
    const changed: User = { ...user, ...set, state: state as UserStatus, version, updatedAt: new Date(changedAt) };
    return { status: 200, headers: { ETag: etagOf(version) }, body: presentUser(changed) };
  };

  const moveOnce = (
    call: UserCall,
    move: { name: string; from: UserStatus; to: UserStatus; event: StepInput['event'] },
  ): Promise<Reply> =>
    idempotency.acceptOnce({
      call,
      async write(session, commandId) {
        const user = await find(call, session);
        if (user.state !== move.from)
          throw new DomainError(
            'ILLEGAL_STATE',
            `The user is ${user.state}; ${call.operation.id} requires ${move.from}: ${remedies[user.state]}.`,
            user.state === 'pending' ? { passes: true } : {},
          );
        return change(
          call,
          user,
          { step: `${move.name}/${commandId}`, from: [move.from], to: move.to, event: move.event },
          {},
          session,
        );
      },
    });

  return {
    listUsers(call) {
      const { status, email } = call.query;
      const filter = {
        tenantId: call.tenantId,
        ...(status === undefined ? {} : { state: status }),
        ...(email === undefined ? {} : { emailKey: normaliseEmail(email) }),
        ...createdWithin(call.query),
      };
      return listPage({
        call,
        model: users,
        filter,
        by: newestFirst,
        present: (items) => items.map(presentUser),
      });
    },

    async getUser(call) {
      const user = await find(call);
      return replyWithTag({ version: user.version, body: presentUser(user) });
    },

    updateUser: (call) =>
      database.inTransaction(async (session) => {
        call.deadline.throwIfPassed();
        const user = await find(call, session);
        rejectUnlessMatching({ call, version: user.version });
        if (user.state === 'cancelled')
          throw new DomainError(
            'ILLEGAL_STATE',
            'The user is cancelled and can no longer be changed. Start a new onboarding for the person.',
          );
        const { set, fields } = changesOf(user, call.body);
        if (fields.length === 0)
          return { status: 200, headers: { ETag: etagOf(user.version) }, body: presentUser(user) };
        // Each version can be left only once: a slower writer conflicts, and its retry starts from the next version.
        return change(
          call,
          user,
          { step: `update/${user.version}`, from: [user.state], event: { type: 'user.updated', data: { fields } } },
          set,
          session,
        );
      }),

    suspendUser: (call) =>
      moveOnce(call, {
        name: 'suspend',
        from: 'active',
        to: 'suspended',
        event: { type: 'user.suspended', data: { reason: call.body?.reason ?? null } },
      }),

    reactivateUser: (call) =>
      moveOnce(call, { name: 'reactivate', from: 'suspended', to: 'active', event: { type: 'user.reactivated' } }),
  };
}

/** The advice in a rejection of a change that the user's state does not allow. */
const remedies: Record<UserStatus, string> = {
  pending: 'wait until its onboarding has completed',
  active: 'the user has that state already, so there is nothing to do',
  suspended: 'the user has that state already, so there is nothing to do',
  cancelled: 'start a new onboarding for the person',
};

const emptyProfile: Profile = { displayName: null, company: null, phone: null, jobTitle: null, website: null };

/** Returns the actual changes of a patch, and the fields' names: values are personal and stay out of events. */
function changesOf(
  user: User,
  { profile: profilePatch, ...patch }: CallOf<'updateUser'>['body'],
): { set: Partial<User>; fields: string[] } {
  const profile = { ...emptyProfile, ...user.profile };
  const fields = (Object.keys(patch) as (keyof typeof patch)[]).filter(
    (field) => JSON.stringify(patch[field]) !== JSON.stringify(user[field]),
  );
  const profileFields = (Object.keys(profilePatch ?? {}) as (keyof Profile)[]).filter(
    (field) => profilePatch?.[field] !== profile[field],
  );
  return {
    set: {
      ...Object.fromEntries(fields.map((field) => [field, patch[field]])),
      ...(profileFields.length === 0 ? {} : { profile: { ...profile, ...profilePatch } }),
    },
    fields: [...fields, ...profileFields.map((field) => `profile.${field}`)],
  };
}
