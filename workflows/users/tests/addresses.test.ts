import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openOnboardingWorld, type OnboardingWorld } from '../../../src/testing/worlds/onboarding-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: OnboardingWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openOnboardingWorld();
});
afterAll(() => world.close());

describe('an onboarding whose address is corrected', () => {
  it('sends a link to a corrected address, where deadline and reminders begin again', async () => {
    const id = await world.accept();
    await world.untilMailed(id, 1);
    await world.advance(id, 6 * DAY);
    const old = await world.userOf(id);
    await world.command(id, 'updateOnboardingEmail', { payload: { email: `New.${old.email}` } });
    const address = { email: `New.${old.email}`, emailKey: `new.${old.email}` };
    expect(await world.userOf(id)).toMatchObject(address);
    expect(await world.heldBy(id)).toBe(address.emailKey);
    await expect(world.accept({ email: address.email })).rejects.toThrow('one_user_per_address');
    expect(await world.heldBy(await world.accept({ email: old.email }))).toBe(old.email);
    const onboarding = await world.read(id);
    expect(onboarding).toMatchObject({ ...address, verification: { generation: 4, resentAt: [] } });
    expect(onboarding.until!.getTime() - onboarding.since.getTime()).toBe(7 * DAY);
    await world.advance(id, 3 * DAY + HOUR);
    expect(await world.mails(id)).toEqual([
      'verification',
      'verificationReminder',
      'verificationReminder',
      'verification',
      'verificationReminder',
      'verificationReminder',
    ]);
    expect(await world.command(id, 'verifyEmail', { generation: 6 })).toMatchObject({ state: 'awaiting_profile' });
    await world.command(id, 'submitProfile', { payload: { displayName: 'Ada' } });
    expect(await world.handle(id).result()).toBe('completed');
    await recordHistory('onboarding-address-corrected', world.handle(id));
  });

  it("refuses another user's address, leaves the link valid, and allows five corrections a day", async () => {
    const id = await world.accept();
    const taken = (await world.userOf(await world.accept())).email;
    await world.untilMailed(id, 1);
    const correct = (email: string) => world.command(id, 'updateOnboardingEmail', { payload: { email } });
    await expect(correct(taken)).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
    expect((await world.read(id)).verification).toMatchObject({ generation: 1, correctedAt: [] });
    for (let correction = 1; correction <= 5; correction++) await correct(`${correction}.${id}@example.com`);
    await expect(correct(`6.${id}@example.com`)).rejects.toMatchObject({ code: 'RESEND_LIMIT' });
    expect(await world.command(id, 'verifyEmail', { generation: 6 })).toMatchObject({ state: 'awaiting_profile' });
    await expect(correct(`6.${id}@example.com`)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  });
});

it('an address is free each time that its onboarding is cancelled, and kept for an active user', async () => {
  const email = 'again@example.com';
  for (let time = 1; time <= 2; time++) {
    const id = await world.accept({ email });
    await world.until(id, 'awaiting_verification');
    await expect(world.accept({ email: 'Again@Example.com' })).rejects.toThrow('one_user_per_address');
    await world.command(id, 'cancelOnboarding');
    expect(await world.handle(id).result()).toBe('cancelled');
  }
  const id = await world.accept({ email });
  await world.untilMailed(id, 1);
  await world.command(id, 'verifyEmail', { generation: 1 });
  await world.command(id, 'submitProfile', { payload: { displayName: 'Ada' } });
  expect(await world.handle(id).result()).toBe('completed');
  await expect(world.accept({ email })).rejects.toThrow('one_user_per_address');
});
