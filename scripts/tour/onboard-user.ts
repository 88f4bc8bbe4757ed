import { waitForLink } from './inbox.ts';
import { poll } from './poll.ts';
import type { TourContext, TourStage } from './stage.ts';

const COMPLETED_WITHIN_MS = 30_000;
const PAGE_WITHIN_MS = 10_000;

/** Onboards a user up to `active`, as a partner's program and the user's browser do. */
export const onboardUser: TourStage = {
  title: 'onboarding a user',
  run: async ({ api, step, show }) => {
    const email = `ada.${Date.now().toString(36)}@example.com`;
    const { id } = await step('POST /onboardings: accepted', () =>
      api.call({ method: 'POST', path: '/onboardings', body: { email, name: 'Ada Lovelace' } }),
    );
    const path = `/onboardings/${String(id)}`;
    const link = await step('GET /sandbox/mails: verification mail', () => waitForLink({ api, to: email }));
    await step('Link followed, page shown', () => requirePage(link, 'GET'));
    await step('Button pressed, address verified', () => requirePage(link, 'POST'));
    await step('Profile requested', () => waitForState({ api, path, state: 'awaiting_profile' }));
    await step('Profile completed', () =>
      api.call({
        method: 'POST',
        path: `${path}/profile`,
        body: { displayName: 'Ada', company: 'Analytical Engines' },
      }),
    );
    const onboarding = await step('Welcome package granted, user active: completed', () =>
      waitForState({ api, path, state: 'completed' }),
    );
    const user = await step('GET /users/{userId}', () =>
      api.call({ method: 'GET', path: `/users/${String(onboarding.userId)}` }),
    );
    show(`${email} is ${String(user.status)}. The timeline (GET ${path}/events):`);
    for (const event of await timeline(api, path)) show(`  ${event}`);
  },
};

async function requirePage(link: string, method: 'GET' | 'POST'): Promise<void> {
  const response = await fetch(link, { method, signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
  const page = await response.text();
  if (!response.ok) throw new Error(`${method} ${link} returned ${response.status}`);
  if (!page.includes('<')) throw new Error(`${method} ${link} returned no page`);
}

/** Waits until the onboarding is in a state. @throws immediately when the onboarding has another ending. */
function waitForState({
  api,
  path,
  state,
}: {
  api: TourContext['api'];
  path: string;
  state: string;
}): Promise<Record<string, unknown>> {
  const probe = async (): Promise<Record<string, unknown> | null> => {
    const onboarding = await api.call({ method: 'GET', path });
    if (onboarding.state === state) return onboarding;
    if (onboarding.outcome !== null)
      throw new Error(`the onboarding ended ${String(onboarding.state)}: ${JSON.stringify(onboarding.outcome)}`);
    return null;
  };
  return poll({ what: `State ${state}`, withinMs: COMPLETED_WITHIN_MS, probe });
}

async function timeline(api: TourContext['api'], path: string): Promise<string[]> {
  const { items } = await api.call({ method: 'GET', path: `${path}/events?limit=50` });
  return (items as { at: string; summary: string; by: { kind: string } }[]).map(
    ({ at, summary, by }) => `${at.slice(11, 23)}  ${summary} (${by.kind.replace('_', ' ')})`,
  );
}
