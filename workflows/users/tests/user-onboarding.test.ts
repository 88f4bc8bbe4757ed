import { ApplicationFailure } from '@temporalio/common';
import { createFaultySteps } from '../../../src/testing/faults/faulty-steps';
import { openOnboardingWorld, type OnboardingWorld } from '../../../src/testing/worlds/onboarding-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { stepTimeViolations } from '../../../src/testing/random/step-time-violations';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: OnboardingWorld;
/** Onboardings whose welcome package fails after it was granted. */
const failing = new Set<string>();
const faulty = createFaultySteps();

beforeAll(async () => {
  quietTemporal();
  world = await openOnboardingWorld({
    wrap: (activities) =>
      faulty.wrap({
        ...activities,
        async sendWelcomePackage(input) {
          const granted = await activities.sendWelcomePackage(input);
          if (failing.has(input.onboardingId))
            throw ApplicationFailure.nonRetryable('The shop is closed for good', 'SHOP_CLOSED');
          return granted;
        },
      }),
  });
  faulty.attach(world);
});
afterAll(() => world.close());

const verified = async (input: { requiresApproval?: boolean } = {}) => {
  const id = await world.accept(input);
  await world.untilMailed(id, 1);
  await world.command(id, 'verifyEmail', { generation: 1 });
  return id;
};
const profiled = async (input: { requiresApproval?: boolean } = {}) => {
  const id = await verified(input);
  await world.command(id, 'submitProfile', { payload: { displayName: 'Ada', company: 'Engines' } });
  return id;
};
const ended = async (id: string, historyName?: string) => {
  const ending = await world.handle(id).result();
  if (historyName) await recordHistory(historyName, world.handle(id));
  return ending;
};
const heldAddress = async (id: string) => (await world.heldBy(id)) !== null;
const packageOf = async (id: string) =>
  (await world.database.models.entitlements.findOne({ onboardingId: id }).lean())?.state;

describe('userOnboarding', () => {
  it('takes a person from the mail to an active user, each step recorded once', async () => {
    const id = await profiled();
    expect(await ended(id, 'onboarding-completed')).toBe('completed');
    expect(await world.userOf(id)).toMatchObject({
      state: 'active',
      profile: { displayName: 'Ada', company: 'Engines', phone: null },
    });
    expect(await packageOf(id)).toBe('active');
    expect(await world.mails(id)).toEqual(['verification', 'welcome']);
    expect(await world.timeline(id)).toEqual([
      'accepted',
      'started',
      'verification_sent',
      'verified',
      'profile_submitted',
      'welcome_package_granted',
      'user_activated',
      'welcome_sent',
      'completed',
    ]);
  });

  it('reminds after 24 and 72 hours with new links and expires after 7 days', async () => {
    const id = await world.accept();
    await world.untilMailed(id, 1);
    await world.advance(id, DAY + HOUR);
    expect(await world.mails(id)).toEqual(['verification', 'verificationReminder']);
    await expect(world.command(id, 'verifyEmail', { generation: 1 })).rejects.toMatchObject({
      code: 'TOKEN_SUPERSEDED',
    });
    await world.advance(id, 2 * DAY);
    expect((await world.read(id)).verification.generation).toBe(3);
    await world.advance(id, DAY);
    await expect(world.command(id, 'verifyEmail', { generation: 3 })).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect((await world.read(id)).state).toBe('awaiting_verification');
    await world.advance(id, 3 * DAY);
    expect(await ended(id, 'onboarding-expired-verification')).toBe('expired');
    expect(await world.userOf(id)).toMatchObject({ state: 'cancelled' });
    expect(await heldAddress(id)).toBe(false);
    expect(await world.mails(id)).toEqual(['verification', 'verificationReminder', 'verificationReminder']);
  });

  it('sends a new link on request, at most five in 24 hours, and only the newest works', async () => {
    const id = await world.accept();
    await world.untilMailed(id, 1);
    for (let resend = 1; resend <= 5; resend++) await world.command(id, 'resendVerification');
    await expect(world.command(id, 'resendVerification')).rejects.toMatchObject({
      code: 'RESEND_LIMIT',
      details: { retryAfterSeconds: expect.any(Number) },
    });
    await expect(world.command(id, 'verifyEmail', { generation: 5 })).rejects.toMatchObject({
      code: 'TOKEN_SUPERSEDED',
    });
    expect(await world.command(id, 'verifyEmail', { generation: 6 })).toMatchObject({ state: 'awaiting_profile' });
    await expect(world.command(id, 'verifyEmail', { generation: 6 })).rejects.toMatchObject({ code: 'TOKEN_USED' });
  });

  it('reminds of the profile after 3 days and continues without it after 14', async () => {
    const id = await verified();
    await world.advance(id, 3 * DAY + HOUR);
    expect(await world.mails(id)).toEqual(['verification', 'profileReminder']);
    await world.advance(id, 11 * DAY);
    expect(await ended(id, 'onboarding-completed-without-profile')).toBe('completed');
    expect(await world.timeline(id)).toContain('profile_skipped');
    expect((await world.userOf(id)).profile).toBeNull();
  });

  it('notifies every reviewer, escalates to the operator after 24 hours, expires after 72', async () => {
    const id = await profiled({ requiresApproval: true });
    await world.untilMailed(id, 3);
    expect(await world.mails(id)).toEqual(['verification', 'approvalRequest', 'approvalRequest']);
    await world.advance(id, DAY + HOUR);
    expect(await world.mails(id)).toEqual(['verification', 'approvalRequest', 'approvalRequest', 'approvalEscalation']);
    await world.advance(id, 2 * DAY);
    expect(await ended(id, 'onboarding-expired-approval')).toBe('expired');
    expect(await packageOf(id)).toBeUndefined();
  });

  it('completes once approved, and records who approved it', async () => {
    const id = await profiled({ requiresApproval: true });
    await world.command(id, 'approveOnboarding', { payload: { note: 'Papers checked' } });
    expect(await ended(id, 'onboarding-approved')).toBe('completed');
    const approval = await world.database.models.events.findOne({ entityId: id, type: 'onboarding.approved' }).lean();
    expect(approval).toMatchObject({ by: { kind: 'api_key', id: 'key_test' }, data: { note: 'Papers checked' } });
  });

  it('ends rejected with a mail, the user cancelled and the address free', async () => {
    const id = await profiled({ requiresApproval: true });
    await world.command(id, 'rejectOnboarding', { payload: { reason: 'Unknown company' } });
    expect(await ended(id, 'onboarding-rejected')).toBe('rejected');
    expect(await world.mails(id)).toContain('rejection');
    expect((await world.read(id)).undoing).toEqual({ towards: 'rejected', reason: 'Unknown company' });
    expect(await heldAddress(id)).toBe(false);
  });

  it.each(['awaiting_verification', 'awaiting_profile', 'awaiting_approval'] as const)(
    'is cancelled while %s, by command',
    async (state) => {
      const id =
        state === 'awaiting_verification'
          ? await world.accept()
          : state === 'awaiting_profile'
            ? await verified()
            : await profiled({ requiresApproval: true });
      await world.until(id, state);
      expect(await world.command(id, 'cancelOnboarding', { payload: { reason: 'Signed up twice' } })).toMatchObject({
        state: 'compensating',
      });
      expect(await ended(id, `onboarding-cancelled-${state}`)).toBe('cancelled');
      expect(await world.userOf(id)).toMatchObject({ state: 'cancelled' });
      expect(await heldAddress(id)).toBe(false);
      await expect(world.command(id, 'cancelOnboarding')).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    },
  );

  it('is cancelled by Temporal itself just as by command', async () => {
    const id = await verified();
    await world.handle(id).cancel();
    expect(await ended(id, 'onboarding-cancelled-in-temporal')).toBe('cancelled');
    expect((await world.timeline(id)).slice(-4)).toEqual([
      'undoing',
      'user_cancelled',
      'address_released',
      'cancelled',
    ]);
  });

  it("is cancelled, not failed, when the cancel interrupts a command's step", async () => {
    const id = await verified();
    faulty.set(id, { step: 'advanceOnboarding', mode: 'is cancelled while it runs, and its worker dies' });
    expect(await world.command(id, 'submitProfile', { payload: { displayName: 'Ada' } })).toMatchObject({
      state: 'activating',
    });
    expect(await ended(id, 'onboarding-cancelled-with-its-step')).toBe('cancelled');
    expect((await world.read(id)).undoing).toMatchObject({ towards: 'cancelled' });
  });

  it('undoes entitlement, user and address in that order, once, when a step fails for good', async () => {
    const id = await verified();
    failing.add(id);
    await world.command(id, 'submitProfile', { payload: { displayName: 'Ada' } });
    expect(await ended(id, 'onboarding-failed')).toBe('failed');
    expect((await world.timeline(id)).slice(-6)).toEqual([
      'welcome_package_granted',
      'undoing',
      'welcome_package_revoked',
      'user_cancelled',
      'address_released',
      'failed',
    ]);
    expect(await packageOf(id)).toBe('revoked');
    expect((await world.read(id)).undoing).toEqual({ towards: 'failed', reason: 'SHOP_CLOSED' });
  });

  it('reports in getState the profile that it waits for, and the deadline', async () => {
    const id = await verified();
    const until = (await world.read(id)).until!;
    expect(await world.handle(id).query('getState')).toMatchObject({
      state: 'awaiting_profile',
      waitingFor: { until: expect.any(String) },
    });
    expect(until.getTime() - (await world.read(id)).since.getTime()).toBe(14 * DAY);
  });

  it('applies a command once and returns the same for its repeat, even after the end', async () => {
    const id = await verified();
    const input = { commandId: `repeat-${id}`, payload: { displayName: 'Once' } };
    const first = await world.command(id, 'submitProfile', input);
    await ended(id);
    const again = await world.send({
      tenantId: world.tenantId,
      onboardingId: id,
      command: 'submitProfile',
      commandId: input.commandId,
      by: { kind: 'api_key', id: 'key_test' },
    });
    expect(again).toEqual(first);
    expect((await world.timeline(id)).filter((type) => type === 'profile_submitted')).toHaveLength(1);
  });

  it('does not touch an onboarding that another run owns or somebody changed by hand', async () => {
    const id = await verified();
    await world.database.models.onboardings.updateOne({ _id: id }, { $set: { state: 'completed' } });
    await world.handle(id).cancel();
    await expect(ended(id)).rejects.toMatchObject({ cause: { cause: { type: 'ILLEGAL_STATE' } } });
    expect((await world.userOf(id)).state).toBe('pending');
  });

  it('has kept a summary of its steps that agrees with its events, in every story above', async () => {
    expect(await world.database.models.onboardings.countDocuments({ state: 'completed' })).toBeGreaterThan(3);
    expect(await stepTimeViolations(world.database)).toEqual([]);
  });
});
