import type { EmbeddedServers } from '../embedded/servers.ts';
import { productEnvironment } from './process-list.ts';

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

it('the processes learn every port of this platform, besides those that whoever starts it names', () => {
  const { EGRESS_OWN_PORTS: list = '' } = productEnvironment({
    root: '/checkout',
    folder: '/checkout/.platform',
    servers,
    secrets: { operatorKey: 'o', tokenSecret: 't', sandboxWebhookSecret: 's', sandboxKey: null },
    publicUrl: 'http://127.0.0.1:3000',
    ports: {},
    adminPorts: [9101, 9102],
    env: { EGRESS_OWN_PORTS: '5001,5002' },
  });
  const ports = ['9101', '9102', '7233', '8233', '20001', '40001', '1080', '5001', '5002'];
  expect(list.split(',')).toEqual(ports);
});
