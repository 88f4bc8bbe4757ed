import type { EmbeddedServers } from '../embedded/servers.ts';
import { productEnvironment } from './process-list.ts';
import { wantedPorts } from './wanted-ports.ts';

const stop = async (): Promise<void> => undefined;
const servers: EmbeddedServers = {
  mongodb: null,
  redis: null,
  temporal: {
    addresses: { address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233', ownPorts: [7233, 8233, 20_001, 40_001] },
    label: '',
    process: null,
  },
  mail: { addresses: { smtpUrl: 'smtp://127.0.0.1:1025', webUrl: 'http://127.0.0.1:1080' }, label: '', process: null },
  stop,
  killNow: () => undefined,
};

const input = {
  root: '/checkout',
  folder: '/checkout/.platform',
  servers,
  secrets: { operatorKey: 'o', tokenSecret: 't', sandboxWebhookSecret: 's', sandboxKey: null },
  publicUrl: 'http://127.0.0.1:3000',
  ports: {},
  adminPorts: [9101, 9102],
};

it('the processes have the ports of their variables, and 0 is any', () => {
  expect(wantedPorts({ SANDBOX_PORT: '0', SANDBOX_PAGES_PORT: '' })).toEqual([
    { name: 'api', variable: 'PORT', port: 3000 },
    { name: 'sandbox', variable: 'SANDBOX_PORT', port: 0 },
    { name: 'sandbox', variable: 'SANDBOX_PAGES_PORT', port: 3101 },
  ]);
});

it.each(['abc', '70000', '-1', '0x10', '1.5'])('a variable of %j is no port and is named', (PORT) => {
  expect(() => wantedPorts({ PORT })).toThrow(`PORT is "${PORT}"; it has to be a port, and 0 takes a free one`);
});

it('a PUBLIC_URL that is none reaches the program, which names it', () => {
  const { PUBLIC_URL, EGRESS_LOCAL } = productEnvironment({ ...input, publicUrl: 'example.com', env: {} });
  expect([PUBLIC_URL, EGRESS_LOCAL]).toEqual(['example.com', undefined]);
});

it('the processes learn every port of this platform, besides those that whoever starts it names', () => {
  const { EGRESS_OWN_PORTS: list = '' } = productEnvironment({ ...input, env: { EGRESS_OWN_PORTS: '5001,5002' } });
  const ports = ['9101', '9102', '7233', '8233', '20001', '40001', '1080', '5001', '5002'];
  expect(list.split(',')).toEqual(ports);
});
