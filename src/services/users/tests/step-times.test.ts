import { newId } from '../../../domain/ids';
import { tenantIdOf } from '../../../domain/tenant';
import type { EventType } from '../../../contracts/events';
import type { OnboardingState } from '../../../domain/users/onboarding';
import { stepTimeViolations } from '../../../testing/random/step-time-violations';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { acceptOnboarding } from '../../../testing/worlds/accept-onboarding';
import { applyStep } from '../../apply-step';

const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });
const minute = (number: number) => new Date(Date.UTC(2030, 0, 1, 0, number)).toISOString();

let test: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test?.drop());

const accepted = async () =>
  (await acceptOnboarding({ database: test.database, tenantId, requiresApproval: false })).onboarding._id;
const read = (id: string) => test.database.models.onboardings.findById(id).lean().orFail();

interface Move {
  id: string;
  at: string;
  type: EventType;
  also?: EventType;
  from?: OnboardingState;
  to?: OnboardingState;
  fails?: boolean;
}
const move = ({ id, at, type, also, from = 'accepted', to, fails = false }: Move) =>
  applyStep(test.database, {
    tenantId,
    entityType: 'onboarding',
    entityId: id,
    step: `${type}/${at}`,
    from: [from],
    to,
    at,
    by: { kind: 'workflow', id: null },
    event: { type },
    also: also ? [{ step: `${also}/${at}`, type: also }] : [],
    alongside: async () => {
      if (fails) throw new Error('The transaction ends here');
    },
  });

describe('the summary of the steps of an onboarding', () => {
  afterEach(async () => expect(await stepTimeViolations(test.database)).toEqual([]));

  it('has the time of the first event of each type, and nothing of other events', async () => {
    const id = await accepted();
    await move({ id, at: minute(1), type: 'onboarding.started', also: 'onboarding.verification_sent' });
    await move({ id, at: minute(2), type: 'onboarding.verification_sent' });
    await move({ id, at: minute(3), type: 'onboarding.verification_reminded' });
    const first = new Date(minute(1));
    expect((await read(id)).stepTimes).toEqual({
      accepted: expect.any(Date),
      started: first,
      verification_sent: first,
    });
  });

  it('has the time of the event, where the step is dated before the event before it', async () => {
    const id = await accepted();
    await move({ id, at: minute(5), type: 'onboarding.verification_reminded' });
    expect(await move({ id, at: minute(1), type: 'onboarding.started' })).toMatchObject({ at: minute(5) });
    expect((await read(id)).stepTimes).toMatchObject({ started: new Date(minute(5)) });
    await move({ id, at: minute(6), type: 'onboarding.verification_reminded' });
    await move({ id, at: minute(2), type: 'onboarding.started' });
    expect((await read(id)).stepTimes).toMatchObject({ started: new Date(minute(5)) });
  });

  it('keeps nothing of a step that was refused, or whose transaction failed', async () => {
    const id = await accepted();
    await expect(move({ id, at: minute(1), type: 'onboarding.verified', fails: true })).rejects.toThrow('ends here');
    await expect(
      move({ id, at: minute(1), type: 'onboarding.verified', from: 'awaiting_profile' }),
    ).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(Object.keys((await read(id)).stepTimes ?? {})).toEqual(['accepted']);
  });
});
