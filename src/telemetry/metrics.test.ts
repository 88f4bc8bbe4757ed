import { createMetrics } from './metrics';

describe('metrics', () => {
  it('count requests by operation, method and status, and starts by workflow', async () => {
    const metrics = createMetrics({ role: 'api' });
    metrics.observeRequest({ operationId: 'getUser', method: 'GET', status: 200, seconds: 0.004 });
    metrics.observeRequest({ operationId: 'getUser', method: 'GET', status: 404, seconds: 0.004 });
    metrics.countWorkflowStart('userOnboarding');
    const text = await metrics.render();
    expect(text).toMatch(
      /http_request_duration_seconds_bucket\{le="0.005",[^}]*operationId="getUser",method="GET",status="200"\} 1/,
    );
    expect(text).toMatch(/http_request_duration_seconds_count\{[^}]*status="404"\} 1/);
    expect(text).toMatch(/temporal_workflow_started_total\{workflow_type="userOnboarding",role="api"\} 1/);
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('count the log lines that could not be written', async () => {
    let dropped = 0;
    const metrics = createMetrics({ role: 'api', droppedLogLines: () => dropped });
    expect(await metrics.render()).toMatch(/^log_lines_dropped_total\{role="api"\} 0$/m);
    dropped = 3;
    await metrics.render();
    expect(await metrics.render()).toMatch(/^log_lines_dropped_total\{role="api"\} 3$/m);
  });

  it('read a gauge at every scrape and forget labels that are gone', async () => {
    const metrics = createMetrics({ role: 'worker' });
    let kinds = [
      { labels: { kind: 'a' }, value: 3 },
      { labels: { kind: 'b' }, value: 1 },
    ];
    metrics.addGauge({ name: 'stuck', help: 'x', labelNames: ['kind'], read: async () => kinds });
    expect(await metrics.render()).toMatch(/stuck\{kind="a",role="worker"\} 3\nstuck\{kind="b"/);
    kinds = [{ labels: { kind: 'b' }, value: 2 }];
    expect(await metrics.render()).not.toContain('kind="a"');
  });

  it('are rendered without a source that fails or hangs', async () => {
    const metrics = createMetrics({ role: 'worker' });
    metrics.addGauge({ name: 'broken', help: 'x', read: () => Promise.reject(new Error('away')) });
    metrics.addGauge({ name: 'hanging', help: 'x', read: () => new Promise(() => undefined) });
    metrics.addText(() => Promise.reject(new Error('away')));
    metrics.addText(async () => 'sdk_metric 1');
    const begun = performance.now();
    const text = await metrics.render();
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(text).toMatch(/sdk_metric 1\n$/);
    expect(text).not.toMatch(/^(broken|hanging)[ {]/m);
  });
});
