import { randomUUID } from 'node:crypto';
import type { PartnerApp } from '../platform/partner-app';
import { newestLink } from '../platform/mailbox';
import { waitFor } from '../wait-for';

export interface OnboardingView {
  id: string;
  state: string;
  userId: string;
  waitingFor: { what: string; until: string | null } | null;
}

export const newAddress = (): string => `ada.${randomUUID()}@example.com`;

/** Sends `POST /onboardings` and returns any response. */
export const postOnboarding = (
  app: PartnerApp,
  {
    email = newAddress(),
    key,
    timeoutMs,
    requiresApproval,
  }: { email?: string; key?: string; timeoutMs?: number; requiresApproval?: boolean } = {},
) =>
  app.post<OnboardingView & { code?: string; detail?: string }>('/onboardings', {
    body: { email, name: 'Ada Lovelace', ...(requiresApproval ? { requiresApproval } : {}) },
    key,
    timeoutMs,
  });

/** Creates an onboarding, and sends the request again under its key until it is accepted, as an app should. */
export const onboardUntilAccepted = async (
  app: PartnerApp,
  input: { email?: string; key?: string; requiresApproval?: boolean } = {},
): Promise<OnboardingView> => {
  const request = { email: newAddress(), key: randomUUID(), ...input };
  return waitFor(
    async () => {
      const { status, body } = await postOnboarding(app, request);
      if (status !== 202) throw new Error(`${status} ${body.code}`);
      return body;
    },
    { what: `the onboarding of ${request.email} to be accepted`, everyMs: 300 },
  );
};

/** Waits until an onboarding is in a state, also through outages. */
export const untilState = (app: PartnerApp, id: string, state: string): Promise<OnboardingView> =>
  waitFor(
    async () => {
      const { body } = await app.get<OnboardingView>(`/onboardings/${id}`);
      if (body.state !== state) throw new Error(`it is ${body.state}`);
      return body;
    },
    { what: `${id} to be ${state}` },
  );

/** Returns the timeline without the outcomes of mails, which come at any time. */
export const timelineOf = async (app: PartnerApp, id: string): Promise<string[]> =>
  (await app.get<{ items: { type: string }[] }>(`/onboardings/${id}/events?limit=100`)).body.items
    .map(({ type }) => type.replace('onboarding.', ''))
    .filter((type) => !type.startsWith('mail_'));

/** Returns the token of the newest verification mail. */
export const newestToken = async (input: { webUrl: string; to: string; count?: number }): Promise<string> =>
  (await newestLink(input)).split('/').at(-1)!;

/** Repeats a command with one key until there is a definite response, as an app should. */
export async function commandUntilAnswered(app: PartnerApp, path: string, body?: unknown, key: string = randomUUID()) {
  return waitFor(
    async () => {
      const answer = await app.post(path, { key, body });
      if (answer.status >= 500 || answer.body.code === 'REQUEST_IN_FLIGHT')
        throw new Error(`${answer.status} ${String(answer.body.code)}`);
      return answer;
    },
    { what: `an answer to ${path}`, everyMs: 300 },
  );
}
