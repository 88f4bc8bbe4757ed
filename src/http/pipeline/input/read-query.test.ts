import { readQuery } from './read-query';

const pairs = (url: string) => readQuery(url).map(({ name, text }) => [name, text]);

describe('the query of a URL', () => {
  it('is decoded like a form', () => {
    expect(pairs('/x?a=1&b=a+b%2Bc&c&d=&=e&&f=%C3%A4=%3D')).toEqual([
      ['a', '1'],
      ['b', 'a b+c'],
      ['c', ''],
      ['d', ''],
      ['', 'e'],
      ['f', 'ä=='],
    ]);
    expect(pairs('/x')).toEqual([]);
    expect(pairs('/x?')).toEqual([]);
  });

  it.each(['a=%FF', 'a=%C3', 'a=%ED%A0%80', 'a=100%', 'a=%zz'])('has no text for %s', (query) =>
    expect(pairs(`/x?${query}`)).toEqual([['a', null]]),
  );
  it('has no text under a name that cannot be decoded', () => expect(pairs('/x?%FF=1')).toEqual([['%FF', null]]));
});
