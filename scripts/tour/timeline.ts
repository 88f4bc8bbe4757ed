import type { TourContext } from './stage.ts';

const FIRST_SHOWN = 10;
const LAST_SHOWN = 3;

export type Item = Record<string, unknown>;

export const day = (instant: unknown): string => String(instant).slice(0, 10);
const line = ({ at, summary }: Item): string => `${day(at)}  ${String(summary)}`;

/** Prints the first and the last lines of a resource's timeline. */
export async function showTimeline({ api, show, path }: Pick<TourContext, 'api' | 'show'> & { path: string }) {
  const timeline = await everything(api, `${path}/events`);
  show(`The timeline (GET ${path}/events) has ${timeline.length} lines; the first and the last:`);
  const gap = timeline.length > FIRST_SHOWN + LAST_SHOWN;
  for (const event of gap ? timeline.slice(0, FIRST_SHOWN) : timeline) show(`  ${line(event)}`);
  if (gap) show('  …');
  for (const event of gap ? timeline.slice(-LAST_SHOWN) : []) show(`  ${line(event)}`);
}

/** Returns every item of a list, page by page. */
export async function everything(api: TourContext['api'], path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = (await api.call({
      method: 'GET',
      path: `${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    })) as { items: Item[]; next: string | null };
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
