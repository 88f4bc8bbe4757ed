import { isBlockedPort } from '../values/blocked-ports';

/** Returns true for 80, 443, and from 1024 on the ports that browsers do not block. */
export const isAllowedPort = (port: number): boolean =>
  port === 80 || port === 443 || (port >= 1024 && port <= 65_535 && !isBlockedPort(port));
