import { isIPv4, isIPv6 } from 'node:net';
import * as fc from 'fast-check';
import { doRangesMeet, isInRange, parseIpAddress, parseIpRange } from './ip-address';

const loose = fc.stringMatching(/^[\da-f:.]{2,40}$/);

describe('an address', () => {
  it('is read as the operating system reads it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), loose), (text) => {
        expect([text, parseIpAddress(text) !== null]).toEqual([text, isIPv4(text) || isIPv6(text)]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is one number however it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const written = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        expect(parseIpAddress(written)).toEqual(parseIpAddress(text));
      }),
    );
    expect(parseIpAddress('::1')?.value).toBe(1n);
    expect(parseIpAddress('1::')?.value).toBe(1n << 112n);
    expect(parseIpAddress('::1.2.3.4')?.value).toBe(0x0102_0304n);
    expect(parseIpAddress('255.255.255.255')?.value).toBe(0xffff_ffffn);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::8',
    'fe80::1%1',
  ])('is not %j', (text) => expect(parseIpAddress(text)).toBeNull());
});

describe('a range', () => {
  const range = (text: string) => parseIpRange(text)!;

  it('has the addresses that begin with its bits, of its own version', () => {
    expect(isInRange(parseIpAddress('10.255.0.1')!, range('10.0.0.0/8'))).toBe(true);
    expect(isInRange(parseIpAddress('11.0.0.0')!, range('10.0.0.0/8'))).toBe(false);
    expect(isInRange(parseIpAddress('::a00:1')!, range('10.0.0.0/8'))).toBe(false);
    expect(isInRange(parseIpAddress('8.8.8.8')!, range('0.0.0.0/0'))).toBe(true);
  });

  it('meets the ranges that it is part of and those that are part of it', () => {
    expect(doRangesMeet(range('10.0.0.0/8'), range('10.1.0.0/16'))).toBe(true);
    expect(doRangesMeet(range('10.1.0.0/16'), range('10.0.0.0/8'))).toBe(true);
    expect(doRangesMeet(range('10.1.0.0/16'), range('10.2.0.0/16'))).toBe(false);
    expect(doRangesMeet(range('::/0'), range('0.0.0.0/0'))).toBe(false);
  });
});
