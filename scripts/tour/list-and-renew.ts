import { advance } from './advance.ts';
import { poll } from './poll.ts';
import type { TourContext, TourStage } from './stage.ts';
import { showTimeline, type Item } from './timeline.ts';

const REVIEWED_WITHIN_MS = 30_000;
const FOUND_WITHIN_MS = 30_000;

const bicycles = {
  names: { en: 'Bicycles', de: 'Fahrräder' },
  attributes: [{ key: 'gears', names: { en: 'Gears', de: 'Gänge' }, type: 'number' }],
  review: 'flagged',
};
const forChildren = { names: { en: 'For children', de: 'Für Kinder' }, parent: 'tour-bicycles', review: 'always' };
const bicycle = {
  title: 'City bicycle with basket',
  description:
    'A comfortable bicycle for every day, ridden for two summers and kept dry. New tyres, new chain, working lights. ' +
    'The basket in front carries what you buy on the way home.',
  category: 'tour-bicycles',
  price: { amountMinor: 25_000, currency: 'EUR' },
  attributes: { gears: 7 },
  durationDays: 20,
};
const two = {
  ...bicycle,
  category: 'tour-for-children',
  attributes: {},
  title: 'Zwei Kinderräder, rot und grün',
  description:
    'Zwei gut gepflegte Räder für Kinder von sechs bis acht Jahren, mit Licht, Klingel und Schutzblechen. Beide sind ' +
    'im Frühjahr gewartet worden. Abholung am Abend.',
  language: 'de',
};

/** Lists two bicycles: the checks approve one, a reviewer the other; one is found, ends and is renewed. */
export const listAndRenew: TourStage = {
  title: 'two listings reviewed, found, ended and renewed',
  run: async ({ api, step, show }) => {
    await step('PUT /listing-categories/…: the checks decide, or a person', async () => {
      await api.call({ method: 'PUT', path: '/listing-categories/tour-bicycles', body: bicycles });
      await api.call({ method: 'PUT', path: '/listing-categories/tour-for-children', body: forChildren });
    });
    const submit = async (body: object): Promise<string> => {
      const { id } = await api.call({ method: 'POST', path: '/listings', body });
      await api.call({ method: 'POST', path: `/listings/${String(id)}/submit` });
      return `/listings/${String(id)}`;
    };
    const first = await step('POST /listings, …/submit', () => submit(bicycle));
    await step('The checks found nothing: live', () => waitForState({ api, path: first, state: 'live' }));
    const second = await step('POST /listings, …/submit: in the other category', () => submit(two));
    await step('It waits for a reviewer', () => waitForReview(api, second));
    await step('PATCH …: changed meanwhile, now revision 2', () =>
      api.call({ method: 'PATCH', path: second, body: { title: 'Zwei Kinderräder, rot und blau' } }),
    );
    await step('Revision 2 waits in its place', () => waitForReview(api, second));
    const approve = (revision: number) => ({
      method: 'POST' as const,
      path: `${second}/approve`,
      body: { reviewer: 'tour-moderator', revision },
    });
    await step('POST …/approve of revision 1: 409 REVISION_CHANGED', async () => {
      const { status, body } = await api.send(approve(1));
      if (status !== 409 || body.code !== 'REVISION_CHANGED')
        throw new Error(`the answer was ${status} ${String(body.code)}`);
    });
    await step('POST …/approve of revision 2', () => api.call(approve(2)));
    await step('Live', () => waitForState({ api, path: second, state: 'live' }));
    await step('GET /listings/search?q=kinderrader: found, without ä', () => waitUntilFound(api, second));
    await step('POST /sandbox/clock/advance: 21 days', () => advance(api, 'P21D'));
    await step('Its last day is over: expired', () => waitForState({ api, path: second, state: 'expired' }));
    await step('POST …/renew: 30 days', () =>
      api.call({ method: 'POST', path: `${second}/renew`, body: { days: 30 } }),
    );
    const { state, lastDay } = await api.call({ method: 'GET', path: second });
    show(`The listing is ${String(state)} until the end of ${String(lastDay)}.`);
    await showTimeline({ api, show, path: second });
  },
};

interface WaitInput {
  api: TourContext['api'];
  path: string;
  state: string;
}

function waitForState({ api, path, state }: WaitInput): Promise<Item> {
  const probe = async (): Promise<Item | null> => {
    const listing = await api.call({ method: 'GET', path });
    return listing.state === state ? listing : null;
  };
  return poll({ what: `State ${state}`, withinMs: REVIEWED_WITHIN_MS, probe });
}

function waitForReview(api: TourContext['api'], path: string): Promise<Item> {
  const probe = async (): Promise<Item | null> => {
    const { review } = (await api.call({ method: 'GET', path })) as { review: { id: string } | null };
    if (review === null) throw new Error('the listing has no review');
    const { state } = await api.call({ method: 'GET', path: `/listing-reviews/${review.id}` });
    return state === 'queued' ? review : null;
  };
  return poll({ what: 'The review', withinMs: REVIEWED_WITHIN_MS, probe });
}

function waitUntilFound(api: TourContext['api'], path: string): Promise<Item> {
  const probe = async (): Promise<Item | null> => {
    const { items } = (await api.call({ method: 'GET', path: '/listings/search?q=kinderrader' })) as { items: Item[] };
    return items.find(({ id }) => path.endsWith(String(id))) ?? null;
  };
  return poll({ what: 'The listing', withinMs: FOUND_WITHIN_MS, probe });
}
