import type { Reply } from '../pipeline/request-context';
import { readEntityTags } from './entity-tags';
import { replyConditionally, rejectUnlessMatching } from './etag';

const long = Array.from({ length: 500 }, (_one, index) => `"old-${index}"`).join(', ');

describe('a list of entity tags', () => {
  const read = (header: string) => {
    const tags = readEntityTags(header);
    return tags === '*' ? tags : tags.map(({ weak, opaque }) => (weak ? 'W/' : '') + opaque);
  };
  it.each([
    ['*', '*'],
    ['"1"', ['"1"']],
    [' "1" ,\t"2",W/"3"', ['"1"', '"2"', 'W/"3"']],
    ['"a,b"', ['"a,b"']],
    [',, "1",', ['"1"']],
    [String.raw`"a\"`, [String.raw`"a\"`]],
    ['', []],
    ['1', []],
    ['"1", *', []],
    ['"1" "2"', []],
    ['w/"1"', []],
    ['"1', []],
  ])('%s', (header, tags) => expect(read(header)).toEqual(tags));

  it('of any length is read to its end', () => expect(readEntityTags(`${long}, "7"`)).toHaveLength(501));
  it('that breaks the grammar late costs no more than its length', () => {
    const began = performance.now();
    expect(readEntityTags(`${'"1",'.repeat(20_000)}x`)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('the conditions of a change', () => {
  const isRefused = (headers: Record<string, string>, version: number | null): boolean => {
    try {
      rejectUnlessMatching({ call: { headers }, version });
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'VERSION_MISMATCH' });
      return true;
    }
  };
  it.each([
    ['none', {}, 7, false],
    ['If-Match of this version', { 'if-match': `${long}, "7"` }, 7, false],
    ['If-Match of any', { 'if-match': '*' }, 7, false],
    ['If-Match of this version in a state that passed', { 'if-match': '"7+expired"' }, 7, false],
    ['If-Match of another in a state that passed', { 'if-match': '"6+expired"' }, 7, true],
    ['If-Match of another', { 'if-match': '"6"' }, 7, true],
    ['If-Match, weak', { 'if-match': 'W/"7"' }, 7, true],
    ['If-Match with * among tags', { 'if-match': '"6", *' }, 7, true],
    ['If-Match without quotes', { 'if-match': '7' }, 7, true],
    ['If-Match where there is no tag', { 'if-match': '"7"' }, null, true],
    ['If-Match of any where there is no tag', { 'if-match': '*' }, null, false],
    ['If-None-Match of another', { 'if-none-match': '"6"' }, 7, false],
    ['If-None-Match of this version', { 'if-none-match': '"7"' }, 7, true],
    ['If-None-Match of it in a state that passed', { 'if-none-match': '"7+expired"' }, 7, true],
    ['If-None-Match, weak', { 'if-none-match': 'W/"7"' }, 7, true],
    ['If-None-Match of any', { 'if-none-match': '*' }, null, true],
  ] as [string, Record<string, string>, number | null, boolean][])('%s', (_what, headers, version, refused) =>
    expect(isRefused(headers, version)).toBe(refused),
  );
});

describe('the response of a GET', () => {
  const reply: Reply = { status: 200, headers: { ETag: '"7"' }, body: { id: 1 } };
  const statusFor = (headers: Record<string, string>, given = reply) =>
    replyConditionally({ call: { headers }, reply: given }).status;

  it('is a 304 without a body when If-None-Match has its tag, however long the list', () => {
    const answer = replyConditionally({ call: { headers: { 'if-none-match': `${long}, W/"7"` } }, reply });
    expect(answer).toEqual({ status: 304, headers: { ETag: '"7"' }, body: null });
    expect(statusFor({ 'if-none-match': '*' })).toBe(304);
    expect(statusFor({ 'if-none-match': '"6"' })).toBe(200);
  });

  it('is rejected first of all when If-Match names another version', () => {
    expect(() => statusFor({ 'if-match': '"6"', 'if-none-match': '"7"' })).toThrow('its ETag is now "7"');
    expect(statusFor({ 'if-match': '"7"' })).toBe(200);
  });

  it('without a tag matches no tag', () => {
    const list: Reply = { status: 200, body: {} };
    expect(() => statusFor({ 'if-match': '"1"' }, list)).toThrow('no ETag');
    expect(statusFor({ 'if-none-match': '*' }, list)).toBe(200);
  });
});
