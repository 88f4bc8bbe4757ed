import type { Request } from 'express';
import { DomainError } from '../../domain/domain-error';
import { problemOf } from '../problems';
import { showProblemPage } from './verify-page';

const request = { acceptsLanguages: () => 'en' } as unknown as Request;
const shown = (code: string) => {
  const problem = problemOf({ error: new DomainError(code, 'x'), correlationId: 'c' });
  const { status, body } = showProblemPage({ request, problem });
  return [status, /<h1>(.*)<\/h1>/.exec(body as string)?.[1]];
};

describe('a problem on a page for people', () => {
  it.each([
    ['METHOD_NOT_ALLOWED', 405],
    ['INVALID_PARAMETER', 400],
    ['NOT_ACCEPTABLE', 406],
    ['BODY_TOO_LARGE', 413],
    ['TIME_SKIPPING_UNAVAILABLE', 501],
  ])('%s is shown as final', (code, status) =>
    expect(shown(code)).toEqual([status, 'This request cannot be processed']),
  );

  it.each(['DATABASE_UNAVAILABLE', 'OUTCOME_PENDING', 'SHUTTING_DOWN', 'INTERNAL'])(
    '%s is shown as temporary',
    (code) => expect(shown(code)).toEqual([503, 'Please try again in a moment']),
  );

  it('names an invalid link and too many requests as such', () => {
    expect(shown('NOT_FOUND')).toEqual([404, 'This link is not valid']);
    expect(shown('RATE_LIMITED')).toEqual([429, 'Too many requests']);
  });
});
