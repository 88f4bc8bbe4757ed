import { courseOf, type CourseFact } from './onboarding-course';

const endAt = new Date('2026-04-01T00:00:00Z');
const asOf = new Date('2026-04-02T00:00:00Z');
const fact = (name: string, at: string, recordedAt = at): CourseFact => ({
  type: `onboarding.${name}`,
  at: new Date(at),
  recordedAt: new Date(recordedAt),
});
const accepted = fact('accepted', '2026-03-31T10:00:00Z');

it('an onboarding is followed to the end of the window, and no further', () => {
  const course = courseOf(
    [accepted, fact('verified', '2026-03-31T23:59:59.999Z'), fact('profile_submitted', '2026-04-01T00:00:00Z')],
    { endAt, asOf },
  );
  expect(course).toMatchObject({ verifiedAt: new Date('2026-03-31T23:59:59.999Z'), profileAt: null, outcome: 'open' });
});

it('what was recorded after asOf had not happened', () => {
  const late = fact('verified', '2026-03-31T11:00:00Z', '2026-04-02T00:00:00.001Z');
  expect(courseOf([accepted, late], { endAt, asOf })).toMatchObject({ verifiedAt: null });
});

it.each([
  ['completed', 'completed'],
  ['expired', 'expired'],
  ['rejected', 'rejected'],
  ['cancelled', 'cancelled'],
  ['closed', 'cancelled'],
  ['failed', 'failed'],
])('an onboarding that is %s ends %s', (event, outcome) => {
  const ended = fact(event, '2026-03-31T12:00:00Z');
  expect(courseOf([accepted, ended], { endAt, asOf })).toMatchObject({ outcome, endedAt: ended.at });
});

it('of two events of a step the first one counts, and one that was accepted later has no course', () => {
  const [first, second] = [fact('verified', '2026-03-31T11:00:00Z'), fact('verified', '2026-03-31T12:00:00Z')];
  expect(courseOf([second, accepted, first], { endAt, asOf })?.verifiedAt).toEqual(first.at);
  expect(courseOf([fact('accepted', '2026-04-01T00:00:00Z')], { endAt, asOf })).toBeNull();
});
