import { MailerUnavailable, MailRefused } from '../clients/mailer/mailer';
import { DomainError } from '../domain/domain-error';
import { StorageUnavailable } from '../domain/reports/file-store';
import { errorWithoutPersonalData } from '../services/outbox';
import { isOutage } from './outage';

const coded = (code: string | number, more: object = {}) => Object.assign(new Error('x'), { code, ...more });

test.each([
  ['a refused connection', coded('ECONNREFUSED')],
  ['a host name that cannot be resolved', coded('ENOTFOUND')],
  ['gRPC UNAVAILABLE', coded(14, { metadata: {} })],
  [
    'gRPC DEADLINE_EXCEEDED inside an error of the SDK',
    new Error('Failed to start', { cause: coded(4, { metadata: {} }) }),
  ],
  ['a MongoDB that cannot be found', Object.assign(new Error('x'), { name: 'MongoServerSelectionError' })],
  [
    'a transaction that may be retried',
    Object.assign(new Error('x'), { hasErrorLabel: (label: string) => label === 'TransientTransactionError' }),
  ],
  ['a mail server that is down', new MailerUnavailable('x')],
  ['a storage that is down', new StorageUnavailable('x')],
])('%s is an outage', (_what, error) => {
  expect(isOutage(error)).toBe(true);
});

test.each([
  ['a refused mail', new MailRefused('x', { code: 550, status: null, isFinal: true, atRecipient: true })],
  ['a broken rule', new DomainError('NOT_FOUND', 'x')],
  ['gRPC INVALID_ARGUMENT', coded(3, { metadata: {} })],
  ["an error of MongoDB's own with the number of UNAVAILABLE", coded(14)],
  ['a mistake in the program', new TypeError('x')],
  ['something that is no error', 'ECONNREFUSED'],
])('%s is not', (_what, error) => {
  expect(isOutage(error)).toBe(false);
});

test('an error whose causes form a cycle is no outage', () => {
  const error = new Error('x');
  error.cause = error;
  expect(isOutage(error)).toBe(false);
});

test('the stored text of an error contains no address and is short', () => {
  expect(errorWithoutPersonalData(coded(11000, { message: 'dup key: { emailKey: "ada@example.com" }' }))).toBe(
    'Error 11000: dup key: { emailKey: "[address]" }',
  );
  expect(errorWithoutPersonalData(new Error('y'.repeat(5000)))).toHaveLength(300);
  expect(errorWithoutPersonalData(null)).toBe('Unknown error');
});
