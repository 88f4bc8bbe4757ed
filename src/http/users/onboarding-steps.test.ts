import type { EventType } from '../../contracts/events';
import { onboardingSteps, type OnboardingStepsInput } from './onboarding-steps';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 21, 9, minute)).toISOString();

/** Returns the steps after events that occur one per minute, as `name: state started–finished` in minutes. */
const stepsAfter = (
  types: string[],
  input: Partial<OnboardingStepsInput> & Pick<OnboardingStepsInput, 'state'>,
): string[] => {
  const events = types.map((type, minute) => ({ type: `onboarding.${type}` as EventType, at: new Date(at(minute)) }));
  const minuteOf = (time: string | null): string => (time === null ? '' : String(new Date(time).getUTCMinutes()));
  return onboardingSteps({ requiresApproval: false, towards: null, ...input, events }).map(
    ({ name, state, startedAt, finishedAt }) => `${name}: ${state} ${minuteOf(startedAt)}–${minuteOf(finishedAt)}`,
  );
};

const toActivating = ['accepted', 'started', 'verification_sent', 'verified', 'profile_submitted', 'activating'];

describe('the steps of an onboarding', () => {
  it('are all pending when it was just accepted', () => {
    expect(stepsAfter(['accepted'], { state: 'accepted' })).toEqual([
      'verification: pending –',
      'profile: pending –',
      'welcome_package: pending –',
      'activation: pending –',
    ]);
  });

  it('wait where a person has to act', () => {
    expect(
      stepsAfter(['accepted', 'started', 'verification_sent', 'verification_reminded'], {
        state: 'awaiting_verification',
      })[0],
    ).toBe('verification: waiting 1–');
    expect(
      stepsAfter(['accepted', 'started', 'verification_sent', 'verified'], { state: 'awaiting_profile' }).slice(0, 2),
    ).toEqual(['verification: done 1–3', 'profile: waiting 3–']);
  });

  it('are done one after another', () => {
    expect(
      stepsAfter([...toActivating, 'welcome_package_granted', 'user_activated', 'welcome_sent', 'completed'], {
        state: 'completed',
      }),
    ).toEqual(['verification: done 1–3', 'profile: done 3–4', 'welcome_package: done 5–6', 'activation: done 6–7']);
  });

  it('include the approval only when required, and a profile that was not submitted as skipped', () => {
    expect(
      stepsAfter(['accepted', 'started', 'verification_sent', 'verified', 'profile_skipped', 'approval_requested'], {
        state: 'awaiting_approval',
        requiresApproval: true,
      }),
    ).toEqual([
      'verification: done 1–3',
      'profile: skipped 3–4',
      'approval: waiting 5–',
      'welcome_package: pending –',
      'activation: pending –',
    ]);
  });

  it('show the undone steps and the time of their undoing', () => {
    const undone = [
      ...toActivating,
      'welcome_package_granted',
      'undoing',
      'welcome_package_revoked',
      'user_cancelled',
      'cancelled',
    ];
    expect(stepsAfter(undone, { state: 'cancelled', towards: 'cancelled' })).toEqual([
      'verification: done 1–3',
      'profile: done 3–4',
      'welcome_package: undone 5–8',
      'activation: skipped 6–7',
      'compensation: done 7–10',
    ]);
    expect(stepsAfter(undone.slice(0, 8), { state: 'compensating', towards: 'failed' }).slice(-2)).toEqual([
      'activation: failed 6–7',
      'compensation: running 7–',
    ]);
  });

  it('fail when a deadline or a reviewer ended them', () => {
    expect(
      stepsAfter(['accepted', 'started', 'verification_sent', 'undoing', 'expired'], {
        state: 'expired',
        towards: 'expired',
      }),
    ).toEqual([
      'verification: failed 1–3',
      'profile: skipped –',
      'welcome_package: skipped –',
      'activation: skipped –',
      'compensation: done 3–4',
    ]);
  });
});
