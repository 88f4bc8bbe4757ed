import { advance } from './advance.ts';
import { poll } from './poll.ts';
import type { TourContext, TourStage } from './stage.ts';
import { showTimeline, type Item } from './timeline.ts';

const REVIEWED_WITHIN_MS = 30_000;
const FOUND_WITHIN_MS = 30_000;

const category = {
  names: { en: 'Bicycles', de: 'Fahrräder' },
  attributes: [{ key: 'gears', names: { en: 'Gears', de: 'Gänge' }, type: 'number' }],
  review: 'flagged',
};
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
const forChildren = {
  ...bicycle,
  title: 'Zwei Kinderräder, rot und grün',
  description:
    'Zwei gut gepflegte Räder für Kinder von sechs bis acht Jahren, mit Licht, Klingel und Schutzblechen. Beide sind ' +
    'im Frühjahr gewartet worden. Anrufe abends unter 0151 23456789.',
  language: 'de',
};
const withoutNumber = forChildren.description.replace(/ Anrufe.*$/, ' Abholung am Abend.');

/** Lists two bicycles: the checks approve one, a reviewer the other; one is found, ends and is renewed. */
export const listAndRenew: TourStage = {
  title: 'two listings reviewed, found, ended and renewed',
  run: async ({ api, step, show }) => {
    await step('PUT /listing-categories/tour-bicycles: reviewed where flagged', () =>
      api.call({ method: 'PUT', path: '/listing-categories/tour-bicycles', body: category }),
    );
    const submit = async (body: object): Promise<string> => {
      const { id } = await api.call({ method: 'POST', path: '/listings', body });
      await api.call({ method: 'POST', path: `/listings/${String(id)}/submit` });
      return `/listings/${String(id)}`;
    };
    const first = await step('POST /listings, …/submit', () => submit(bicycle));
    await step('The checks found nothing: live', () => waitForState({ api, path: first, state: 'live' }));
    const second = await step('POST /listings, …/submit: with a telephone number', () => submit(forChildren));
    await step('The checks flagged it: a reviewer decides', () => waitForReview(api, second));
    await step('PATCH …: without the number, now revision 2', () =>
      api.call({ method: 'PATCH', path: second, body: { description: withoutNumber } }),
    );
    const approve = (revision: number) => ({
      method: 'POST' as const,
      path: `${second}/approve`,
      body: { reviewer: 'tour-moderator', revision },
    });
    await step('POST …/approve of revision 1: 409 REVISION_CHANGED', async () => {
      const { status, body } = await api.send(approve(1));
      if (status !== 409 || body.code !== 'REVISION_CHANGED') throw new Error(`the answer was ${status} ${body.code}`);
    });
    await step('POST …/approve of revision 2, or approved by the checks', async () => {
      const { status, body } = await api.send(approve(2));
      if (status !== 200 && body.code !== 'REVIEW_NOT_OPEN') throw new Error(`the answer was ${status} ${body.code}`);
    });
    await step('Live', () => waitForState({ api, path: second, state: 'live' }));
    await step('GET /listings/search?q=kinderrader: found without its umlaut', () => waitUntilFound(api, second));
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
