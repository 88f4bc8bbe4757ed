import type { KeptHistory } from '../replay/replay-histories';
import { historyViolations } from './history-violations';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const payloadOf = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});

/** Returns the history of an onboarding whose only activity has this input, result and failure. */
const historyOf = ({ input = {}, result = null, message = 'Broken', details = {} }: Record<string, unknown> = {}) =>
  ({
    events: [
      {
        eventId: '1',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
        workflowExecutionStartedEventAttributes: {
          workflowType: { name: 'userOnboarding' },
          memo: { fields: { correlationId: payloadOf('cor-1') } },
        },
      },
      {
        eventId: '5',
        eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
        activityTaskScheduledEventAttributes: {
          activityType: { name: 'undoOnboarding' },
          input: { payloads: [payloadOf(input)] },
        },
      },
      {
        eventId: '7',
        eventType: 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED',
        activityTaskCompletedEventAttributes: { scheduledEventId: '5', result: { payloads: [payloadOf(result)] } },
      },
      {
        eventId: '9',
        eventType: 'EVENT_TYPE_ACTIVITY_TASK_FAILED',
        activityTaskFailedEventAttributes: {
          scheduledEventId: '5',
          failure: {
            message: 'Outer',
            cause: { message, applicationFailureInfo: { details: { payloads: [payloadOf(details)] } } },
          },
        },
      },
    ],
  }) as unknown as KeptHistory;

const violationsOf = (run: Record<string, unknown>, texts: string[] = []) =>
  historyViolations({ history: historyOf(run), texts });

it('a history of ids, states, times and codes is clean', () => {
  const input = { onboardingId: 'onb_1', by: { kind: 'api_key', id: 'key_1' }, reason: 'cancelled in Temporal' };
  const result = { state: 'awaiting_profile', at: '2026-01-31T09:00:00.000Z', progress: { resentAt: [] } };
  expect(violationsOf({ input, result, details: { retryAfterMs: 5 } })).toEqual([]);
});

it.each([
  ['a key outside the list', { note: 'Papers checked' }, 'result.note: note is not listed'],
  ['a text under the key of a code', { reason: 'Signed up twice' }, 'result.reason: reason is "Signed up twice"'],
  ['a name under the key of a reason', { reason: 'Ada' }, 'result.reason: reason is "Ada"'],
  ['a word under the key of a state', { state: 'Fraud' }, 'result.state: state is "Fraud"'],
  ['a name under the key of a time', { at: 'Ada' }, 'result.at: at is "Ada"'],
  ['a key within a list', { withdrawnCharges: [{ note: 'x' }] }, 'result.withdrawnCharges.note: note is not listed'],
  ['a bare text', 'Papers checked', 'result: result is "Papers checked"'],
  ['a bare name', 'Ada', 'result: result is "Ada"'],
])('%s is named with its workflow and event', (_what, result, refusal) => {
  const [violation, ...others] = violationsOf({ result });
  expect(violation).toContain(`userOnboarding, event 7 ACTIVITY_TASK_COMPLETED undoOnboarding: ${refusal}`);
  expect(others).toEqual([]);
});

it.each([
  'review_timed_out',
  'SHOP_CLOSED',
  'BROKEN',
  'unknown/authorise',
  'command/1.2',
  'no decision was made within 72 hours',
])('the reason %s is a code or a listed phrase', (reason) => expect(violationsOf({ result: { reason } })).toEqual([]));

it('the details of a failure are decoded like any other payload', () => {
  const name = 'userOnboarding, event 9 ACTIVITY_TASK_FAILED undoOnboarding';
  expect(violationsOf({ details: { phone: '1' } })).toEqual([`${name}: details.phone: phone is not listed`]);
});

it('a known text is no part of a longer word', () => {
  expect(violationsOf({ message: 'at async Promise.all' }, ['Pro'])).toEqual([]);
  expect(violationsOf({ message: 'The plan Pro, quoted' }, ['Pro'])).toHaveLength(1);
});

it('a known text is found anywhere, in a message, a cause or a payload', () => {
  const texts = ['ada@example.com', 'Two "lines"\nof a note'];
  const found = violationsOf({ message: 'dup key: ada@example.com', input: { detail: texts[1] } }, texts);
  expect(found).toEqual([
    'userOnboarding, event 9 ACTIVITY_TASK_FAILED undoOnboarding: holds the text "ada@example.com"',
    `userOnboarding, event 5 ACTIVITY_TASK_SCHEDULED undoOnboarding: holds the text ${JSON.stringify(texts[1])}`,
  ]);
});
