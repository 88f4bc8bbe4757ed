import { turnsDuring } from '../../testing/faults/turns-during';
import { entriesOf, entryOf } from './entry-keys';
import { searchable } from './tests/searchable';

const listings = Array.from({ length: 20 }, (_, index) => searchable('ptn_1:live', `lst_${index}`));

it('lets other work of the process run between the entries of a batch, whose texts may be long', async () => {
  let entries: unknown;
  const turns = await turnsDuring(async () => (entries = await entriesOf(listings)));
  expect(turns).toBeGreaterThanOrEqual(listings.length - 1);
  expect(entries).toEqual(listings.map(entryOf));
});
