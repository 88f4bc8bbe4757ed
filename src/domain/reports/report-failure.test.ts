import { failureOf } from './report-failure';

it.each([
  ['FILE_DAMAGED', 'FILE_DAMAGED'],
  ['AMOUNT_TOO_LARGE', 'AMOUNT_TOO_LARGE'],
  ['StorageUnavailable', 'STORAGE_UNAVAILABLE'],
  ['TIMED_OUT', 'TIMED_OUT'],
  ['TypeError', 'INTERNAL'],
])('a step that failed with %s is told as %s', (code, told) => {
  expect(failureOf(code)).toEqual({ code: told, detail: expect.stringMatching(/\.$/) });
});
