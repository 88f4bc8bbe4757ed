import { rangeOf } from './byte-range';

it.each([
  [undefined, null],
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=90-', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
  ['bytes=99-99', { first: 99, last: 99 }],
  ['bytes=50-1000', { first: 50, last: 99 }],
  // Not understood, so ignored.
  ['bytes=9-0', null],
  ['bytes=0-1,5-6', null],
  ['lines=0-9', null],
  ['bytes=a-b', null],
  ['bytes=-', null],
])('%s of 100 bytes is %o', (header, range) => {
  expect(rangeOf(header, 100)).toEqual(range);
});

it.each([
  ['bytes=100-', 100],
  ['bytes=-0', 100],
  ['bytes=0-', 0],
  ['bytes=-5', 0],
])('%s of %i bytes cannot be satisfied', (header, bytes) => {
  expect(() => rangeOf(header, bytes)).toThrow(expect.objectContaining({ code: 'RANGE_NOT_SATISFIABLE' }));
});
