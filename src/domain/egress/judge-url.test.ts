import { innerUrls, loopbackUrls, publicNeighbours } from '../../testing/servers/egress/inner-urls';
import type { EgressPolicy } from './egress-policy';
import { parseAllowedNetworks } from './egress-policy';
import { judgeUrl } from './judge-url';

const strict: EgressPolicy = { local: 'none', ownPorts: [], allow: [] };
const local: EgressPolicy = { ...strict, local: 'sandbox', ownPorts: [27_017] };

const refusalOf = (url: string, input: Partial<Parameters<typeof judgeUrl>[0]> = {}) =>
  judgeUrl({ url, mode: 'live', policy: strict, allowsHttp: true, ...input }).refusedBy;
const allowing = (list: string): EgressPolicy => ({ ...strict, allow: parseAllowedNetworks(list)! });

describe('a URL to an inner address', () => {
  it('is one of more than 60', () => expect(new Set(innerUrls).size).toBeGreaterThan(60));

  it.each(innerUrls)('is refused: %s', (url) => {
    expect(refusalOf(url.replace('{port}', '8080'))).toBe('host');
    expect(refusalOf(url.replace(':{port}', ''))).toBe('host');
  });

  it.each(innerUrls.filter((url) => !(loopbackUrls as readonly string[]).includes(url)))(
    'is refused to a sandbox that may use this machine: %s',
    (url) => expect(refusalOf(url.replace('{port}', '8080'), { mode: 'sandbox', policy: local })).toBe('host'),
  );

  it.each(publicNeighbours)('does not stand for its public neighbour %s', (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    expect(refusalOf(`https://${host}/`)).toBeNull();
  });
});

describe('the form of a URL', () => {
  it.each([
    ['images.example/1.jpg', 'format'],
    ['//images.example/1.jpg', 'format'],
    ['', 'format'],
    ['https://', 'format'],
    ['https://.', 'format'],
    ['https://..', 'format'],
    ['https://a..example/', 'format'],
    ['https://.images.example/', 'format'],
    ['https://images.example../', 'format'],
    ['http://localhost..:3000/', 'format'],
    ['http://localhost%2e%2e:3000/', 'format'],
    ['http://127.0.0.1..:3000/', 'format'],
    ['https://images.example/a b', 'format'],
    ['https://images.example/a\tb', 'format'],
    ['https://images.example\n', 'format'],
    ['https:\\\\images.example\\1.jpg', 'format'],
    ['https://images.example\\@10.0.0.1/', 'format'],
    ['https:/10.0.0.1/', 'format'],
    ['https://999.1.1.1/', 'format'],
    ['https://[fe80::1%25eth0]/', 'format'],
    ['data:image/png;base64,AAAA', 'format'],
    ['ftp://images.example/1.jpg', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://images.example/', 'scheme'],
    ['https://user@images.example/', 'userInfo'],
    ['https://:word@images.example/', 'userInfo'],
    ['https://images.example:0/', 'port'],
    ['https://images.example:22/', 'port'],
    ['https://images.example:1023/', 'port'],
    ['https://images.example:6667/', 'port'],
    ['https://images.example:10080/', 'port'],
    [`https://images.example/${'a'.repeat(2026)}`, 'length'],
    [`https://images.example/${'ü'.repeat(400)}`, 'length'],
  ])('%j breaks the rule %s', (url, rule) => expect(refusalOf(url)).toBe(rule));

  it.each([
    'https://images.example/1.jpg',
    'http://images.example:80/1.jpg',
    'https://images.example:443',
    'https://images.example:1024/?a=b#c',
    'https://images.example:65535/',
    'https://bücher.example/ä.jpg',
    'HTTPS://IMAGES.EXAMPLE/1.JPG',
    `https://images.example/${'a'.repeat(2025)}`,
  ])('%j is allowed', (url) => expect(refusalOf(url)).toBeNull());

  it('must be https where the field does not take http', () => {
    expect(refusalOf('http://images.example/', { allowsHttp: false })).toBe('scheme');
    expect(refusalOf('https://images.example/', { allowsHttp: false })).toBeNull();
  });
});

describe("this machine's addresses", () => {
  const input = { mode: 'sandbox', policy: local, allowsHttp: false } as const;

  it.each(['localhost', 'shop.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '2130706433', '[::ffff:7f00:1]'])(
    'may be called by sandboxes where whoever runs the platform says so, also without TLS: %s',
    (host) => {
      expect(refusalOf(`http://${host}:8080/`, input)).toBeNull();
      expect(refusalOf(`https://${host}:8080/`, input)).toBeNull();
      expect(refusalOf(`http://${host}:8080/`, { ...input, policy: strict })).toBe('host');
      expect(refusalOf(`http://${host}:8080/`, { ...input, mode: 'live' })).toBe('host');
      expect(refusalOf(`http://${host}:27017/`, input)).toBe('host');
      expect(refusalOf(`http://${host}:25/`, input)).toBe('port');
    },
  );
});

describe('a network that whoever runs the platform names', () => {
  const policy = allowing(
    '10.1.0.0/16:8443, [fd12::/16]:8443,127.0.0.1/32:9000,100.64.0.0/10:8443,[fd00::/8]:8443,[64:ff9b::/32]:8443',
  );

  it.each([
    ['https://10.1.2.3:8443/', null],
    ['https://[::ffff:10.1.2.3]:8443/', null],
    ['https://10.1.2.3:8444/', 'host'],
    ['https://10.2.0.0:8443/', 'host'],
    ['https://[fd12::1]:8443/', null],
    ['https://[fe12::1]:8443/', 'host'],
    ['https://127.0.0.1:9000/', null],
    ['https://127.0.0.2:9000/', 'host'],
    ['https://100.64.1.1:8443/', null],
    ['https://100.100.100.200:8443/', 'host'],
    ['https://[fd00:ec2::254]:8443/', 'host'],
    ['https://[64:ff9b:1::10.0.0.1]:8443/', null],
    ['https://[64:ff9b:1::a9fe:a9fe]:8443/', 'host'],
    ['https://[64:ff9b::a9fe:a9fe]:8443/', 'host'],
    ['https://[64:ff9b::a83f:8110]:8443/', 'host'],
  ])('allows its own port alone, and no metadata: %s', (url, rule) => {
    expect(refusalOf(url, { policy })).toBe(rule);
  });

  it.each([
    '10.0.0.0/8',
    '10.0.0.0:443',
    '10.0.0.1/8:443',
    '10.0.0.0/33:443',
    '10.0.0.0/8:22',
    '10.0.0.0/8:99999',
    'fd00::/8:443',
    'intranet:443',
    '169.254.169.254/32:80',
    '169.0.0.0/8:80',
    '0.0.0.0/0:80',
    '[fe80::/64]:443',
    '[::/0]:443',
    '[::ffff:10.0.0.0/104]:443',
    '[::ffff:0:0/96]:443',
    '[::ffff:a00:1/128]:443',
    '10.0.0.0/8:443,x',
  ])('cannot be written %s', (list) => expect(parseAllowedNetworks(list)).toBeNull());
});
