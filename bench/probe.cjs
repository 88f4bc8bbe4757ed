// Preloaded into every measured process: reports its resource usage, and ends it when the benchmark has ended, for
// whatever reason.
process.on('message', (message) => {
  if (message?.query !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send({ usage: { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() } });
});
process.once('disconnect', () => process.exit(0));
