import { calmMs } from './pm2.ts';

it.each([
  // The pauses that PM2 made before the restart of a program that died immediately, each time.
  { restarts: 0, pauseMs: 250 },
  { restarts: 3, pauseMs: 843 },
  { restarts: 9, pauseMs: 9605 },
  { restarts: 40, pauseMs: 15_000 },
])('a process that died $restarts times is waited for longer than the pause of PM2', ({ restarts, pauseMs }) => {
  expect(calmMs(restarts)).toBeGreaterThan(pauseMs + 2000);
});
