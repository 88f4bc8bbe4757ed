import type { RequestHandler, Response } from 'express';
import type { Metrics } from '../../telemetry/metrics';

/** The methods of a logger that are used here; pino has them. */
export interface HttpLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type HttpMetrics = Pick<Metrics, 'observeRequest' | 'addGauge'>;

/**
 * Writes one short log line and one measurement per request when it ends. URLs are not logged, because they can hold
 * tokens and e-mail addresses; the operationId identifies the request.
 */
export function observe({ logger, metrics }: { logger: HttpLogger; metrics: HttpMetrics }): RequestHandler {
  function report(this: Response): void {
    const { method, correlationId, caller, operation, startedAtMs } = this.req;
    const ms = performance.now() - startedAtMs;
    const operationId = operation?.id ?? 'none';
    // 499, as in nginx: the caller closed the connection before the response.
    const status = this.writableFinished ? this.statusCode : 499;
    logger.info(
      {
        method,
        operationId,
        status,
        ms: Math.round(ms * 10) / 10,
        correlationId,
        partnerId: caller?.partnerId ?? undefined,
        mode: caller?.mode ?? undefined,
      },
      'request',
    );
    metrics.observeRequest({ operationId, method, status, seconds: ms / 1000 });
  }

  return (request, response, next) => {
    request.startedAtMs = performance.now();
    response.on('close', report);
    next();
  };
}
