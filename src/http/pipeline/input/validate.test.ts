import type { Request } from 'express';
import { readContractText } from '../../../assets';
import type { RequestProblem } from '../../problem';
import { loadContract, type OperationId } from '../contract';
import { createValidators } from './validate';

const contract = loadContract(readContractText());
const { validatorOf } = createValidators(contract);

/** Returns the validated query of a request without a body, or the problem's code and errors. */
function checked(id: OperationId, query: string, headers: Record<string, string> = {}) {
  const operation = contract.operations.find((each) => each.id === id)!;
  try {
    return validatorOf(operation)({ headers, params: {}, originalUrl: `/x?${query}` } as unknown as Request).query;
  } catch (problem) {
    const { code, errors } = problem as RequestProblem;
    return { code, errors };
  }
}

describe('a query', () => {
  it.each(['utm_source=x', 'utm_source=x&utm_source=y', 'x=%FF', '__proto__=1'])(
    'may contain %s on a page for people, which ignores it',
    (query) => expect([checked('showVerification', query), checked('confirmVerification', query)]).toEqual([{}, {}]),
  );

  it('may not contain unknown parameters of an operation for programs', () =>
    expect(checked('listPayments', 'utm_source=x')).toMatchObject({ code: 'INVALID_PARAMETER' }));

  it('may have the entries of an object as parameters of their own, each by its prefix', () => {
    expect(checked('searchListings', 'attributes.fuel=petrol&attributes.doors=3&limit=5')).toEqual({
      attributes: { fuel: 'petrol', doors: '3' },
      limit: 5,
    });
    const cases = [
      ['attributes.fuel=a&attributes.fuel=b', 'attributes.fuel', 'unique'],
      ['attributes=a', 'attributes', 'additionalProperties'],
      ['attributes.__proto__=a', 'attributes.__proto__', 'pattern'],
      ['attributes.a%2Fb=a', 'attributes.a/b', 'pattern'],
      ['attributes.fuel=', 'attributes.fuel', 'minLength'],
    ] as const;
    for (const [query, parameter, rule] of cases)
      expect([query, checked('searchListings', query)]).toMatchObject([query, { errors: [{ parameter, rule }] }]);
    expect(checked('listListings', 'attributes.fuel=a')).toMatchObject({ code: 'INVALID_PARAMETER' });
  });

  it.each(['customerId=%FF', 'customerId=a%', 'orderRef=%C3'])('may not be %s, which encodes no text', (query) =>
    expect(checked('listPayments', query)).toEqual({
      code: 'INVALID_PARAMETER',
      errors: [
        { parameter: query.split('=')[0], rule: 'encoding', detail: expect.stringContaining('percent-encoded UTF-8') },
      ],
    }),
  );

  it.each(['listUsers', 'listOnboardings'] as const)('of %s gets a hint at %%2B when an address has a +', (id) => {
    expect(checked(id, 'email=ada+x@example.com')).toMatchObject({
      errors: [{ parameter: 'email', rule: 'format', detail: expect.stringMatching(/%2B/) }],
    });
    expect(JSON.stringify(checked(id, 'email=nobody'))).not.toContain('%2B');
    expect(checked(id, 'email=ada%2Bx@example.com')).toMatchObject({ email: 'ada+x@example.com' });
  });

  it('gets a hint at %2B when an instant has a +', () =>
    expect(checked('listUsers', 'createdAfter=2026-11-21T09:00:00+01:00')).toMatchObject({
      errors: [{ parameter: 'createdAfter', detail: expect.stringMatching(/%2B/) }],
    }));
});

describe('a header', () => {
  it('may list many tags or preferences', () => {
    const tags = Array.from({ length: 100 }, (_one, index) => `"${index}"`).join(', ');
    const headers = { 'if-none-match': tags, prefer: `foo="${'x'.repeat(500)}", wait=1` };
    expect(checked('getPayment', '', headers)).toEqual({});
    expect(checked('updateUser', '', { 'if-match': tags })).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
