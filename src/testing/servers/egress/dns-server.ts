import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { parseIpAddress } from '../../../domain/egress/ip-address';

export interface DnsServer {
  /** `ip:port`, for `EGRESS_DNS_SERVERS`. */
  address: string;
  /** The names that were asked for, each as often as it was. */
  asked: string[];
  close: () => Promise<void>;
}

/** Returns the addresses of a name; null to give no answer at all. */
export type AnswerName = (name: string) => readonly string[] | null;

const [TYPE_A, TYPE_AAAA] = [1, 28];
const NO_SUCH_NAME = 3;

/** Starts a name server (RFC 1035) on this machine whose answers the test decides, question by question. */
export async function startDnsServer(answer: AnswerName): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    asked.push(name);
    const addresses = answer(name);
    if (addresses === null) return;
    const records = addresses.filter((each) => type === (isIPv6(each) ? TYPE_AAAA : TYPE_A)).map(recordOf);
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (addresses.length === 0 ? NO_SUCH_NAME : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordOf(address: string): Buffer {
  const { version, value } = parseIpAddress(address)!;
  const data = Buffer.from(value.toString(16).padStart(version === 4 ? 8 : 32, '0'), 'hex');
  const head = Buffer.alloc(12);
  // The name is that of the question; IN; lives for no second.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(version === 4 ? TYPE_A : TYPE_AAAA, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
