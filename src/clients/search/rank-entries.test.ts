import type { CallerDeadline } from '../../contracts/listings/caller-deadline';
import { searchedWordsOf } from '../../domain/listings/search/search-terms';
import { entryOf } from './entry-keys';
import { rankEntries } from './rank-entries';
import { searchable, searchFor } from './tests/searchable';

const tenantId = 'ptn_1:live';
const letters = 'abcdefghijklmnopqrst'.split('');
const description = letters.flatMap((one) => letters.map((other) => `${one}${other}ung`)).join(' ');
const text = 'tt st rt qt pt ot nt mt lt kt'.replaceAll('t ', 'tung ').concat('ung');
const entry = entryOf(searchable(tenantId, 'lst_1', { content: { description } }));

const rank = (count: number, deadline: CallerDeadline) =>
  rankEntries({
    query: searchFor(tenantId, { text, sort: 'relevance', deadline }),
    words: searchedWordsOf(text),
    entries: Array<typeof entry>(count).fill(entry),
  });

it('lets others go on during a long comparison, which ends once nobody waits for it', async () => {
  let isOver = false;
  const deadline: CallerDeadline = {
    leftMs: 1000,
    throwIfOver() {
      if (isOver) throw new Error('Nobody waits');
    },
  };
  expect(await rank(10, deadline)).toHaveLength(10);
  setImmediate(() => (isOver = true));
  await expect(rank(20_000, deadline)).rejects.toThrow('Nobody waits');
});
