// Preloaded into every measured process: answers what it has used so far, and ends it when the benchmark is gone,
// however that ended.
process.on('message', (message) => {
  if (message?.ask !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send({ usage: { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() } });
});
process.once('disconnect', () => process.exit(0));
