import { isWebAddress } from './web-address';

describe('a web address', () => {
  it.each([
    'https://example.com',
    'HTTPS://Example.com/',
    'http://localhost:3000/a/b;c=d?e=f/g?h#i?j/k',
    'https://[2001:db8::1]:8443/x',
    'https://xn--bcher-kva.example/b%C3%BCcher',
    "https://example.com/~a/(b)!$&'*+,;=:@-._",
  ])('%s is valid', (text) => expect(isWebAddress(text)).toBe(true));

  it.each([
    ['no scheme', 'example.com'],
    ['another scheme', 'javascript://example.com/%0aalert(1)'],
    ['no host', 'https:///path'],
    ['one slash', 'https:/example.com'],
    ['a backslash', 'https:\\\\example.com'],
    ['user information', 'https://paypal.com@evil.example/'],
    ['a password', 'https://ada:secret@example.com/'],
    ['a port too high', 'https://example.com:65536/'],
    ['a space', 'https://example.com/a b'],
    ['letters beyond ASCII', 'https://bücher.example/'],
    ['a half percent-encoding', 'https://example.com/100%'],
    ['brackets in the path', 'https://example.com/[x]'],
    ['two fragments', 'https://example.com/#a#b'],
    ['a broken IPv6 address', 'https://[::1::2]/'],
    ['a line break', 'https://example.com/\n'],
  ])('with %s is invalid', (_fault, text) => expect(isWebAddress(text)).toBe(false));
});
