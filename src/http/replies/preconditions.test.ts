import { readContractText } from '../../assets';
import { entityTypes } from '../../contracts/entity-types';
import { loadContract } from '../pipeline/contract';
import { etagOf } from './etag';
import { requirePreconditions } from './preconditions';

const present = { version: 3, firings: 1, creation: 2 };
const models = new Proxy(
  {},
  {
    get: () => ({
      findById: () => ({ lean: async () => present }),
      findOne: ({ _id }: { _id: string }) => ({ lean: async () => (_id === 'x_2' ? null : present) }),
    }),
  },
);
const change = (parameter: string, id: string, tag: string) =>
  requirePreconditions({
    database: { models } as never,
    call: { headers: { 'if-match': tag }, params: { [parameter]: id }, tenantId: 'ptn_1:sandbox' } as never,
  });

const apart = { listing_review: 'reviewId', report_schedule: 'scheduleId' } as const;

// The version of an onboarding counts the changes of its user as well (tests/conditions.test.ts).
it.each(entityTypes.filter((type) => type !== 'onboarding'))(
  'a stale If-Match refuses a change of a %s',
  async (type) => {
    const parameter = type in apart ? apart[type as keyof typeof apart] : `${type}Id`;
    const tag = etagOf(type === 'report_schedule' ? '3.1' : 3);
    await expect(change(parameter, 'x_1', etagOf(2))).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
    await expect(change(parameter, 'x_1', tag)).resolves.toBeUndefined();
    await expect(change(parameter, 'x_2', tag)).resolves.toBeUndefined();
  },
);

it('every path that offers If-Match has a tag to match', async () => {
  const offering = loadContract(readContractText()).operations.filter(({ parameters }) =>
    parameters.some(({ name }) => name === 'If-Match'),
  );
  const targets = new Set(offering.flatMap(({ template }) => /\{(\w+)\}(?!.*\{)/.exec(template)?.[1] ?? []));
  targets.delete('onboardingId');
  expect(targets).toContain('scheduleId');
  for (const parameter of targets)
    await expect(change(parameter, 'x_1', etagOf('stale'))).rejects.toThrow(/its ETag is now "/);
});

it('a path without an entity has no tag to match', () =>
  expect(change('planId', 'x_1', etagOf(3))).rejects.toMatchObject({ code: 'VERSION_MISMATCH' }));
