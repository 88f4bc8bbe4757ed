import { entityTypes } from '../../contracts/entity-types';
import { etagOf } from './etag';
import { requirePreconditions } from './preconditions';

const models = new Proxy(
  {},
  {
    get: () => ({
      findOne: ({ _id }: { _id: string }) => ({ lean: async () => (_id === 'x_1' ? { version: 3 } : null) }),
    }),
  },
);
const change = (parameter: string, id: string, tag: string) =>
  requirePreconditions({
    database: { models } as never,
    call: { headers: { 'if-match': tag }, params: { [parameter]: id }, tenantId: 'ptn_1:sandbox' } as never,
  });

// The version of an onboarding counts the changes of its user as well (tests/conditions.test.ts).
it.each(entityTypes.filter((type) => type !== 'onboarding'))(
  'a stale If-Match refuses a change of a %s',
  async (type) => {
    await expect(change(`${type}Id`, 'x_1', etagOf(2))).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
    await expect(change(`${type}Id`, 'x_1', etagOf(3))).resolves.toBeUndefined();
    await expect(change(`${type}Id`, 'x_2', etagOf(3))).resolves.toBeUndefined();
  },
);

it('a path without an entity has no tag to match', () =>
  expect(change('planId', 'x_1', etagOf(3))).rejects.toMatchObject({ code: 'VERSION_MISMATCH' }));
