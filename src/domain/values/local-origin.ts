/** Returns the origin of an HTTP server of ours, `http://127.0.0.1:9464`; an IPv6 address is put in brackets. */
export const originOf = ({ host, port }: { host: string; port: number }): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
