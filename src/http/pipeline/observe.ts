import type { RequestHandler } from 'express';
import type { Metrics } from '../../telemetry/metrics';

/** The methods of a logger that are used here; pino has them. */
export interface HttpLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type HttpMetrics = Pick<Metrics, 'observeRequest'>;

/**
 * Writes one short log line and one measurement per request when it ends. URLs are not logged, because they can hold
 * tokens and e-mail addresses; the operationId identifies the request.
 */
export function observe({ logger, metrics }: { logger: HttpLogger; metrics: HttpMetrics }): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = performance.now();
    response.once('close', () => {
      const ms = performance.now() - startedAtMs;
      const operationId = request.operation?.id ?? 'none';
      // 499, as in nginx: the caller closed the connection before the response.
      const status = response.writableFinished ? response.statusCode : 499;
      const { method, correlationId, caller } = request;
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
    });
    next();
  };
}
