import type { RequestHandler } from 'express';
import type { Metrics } from '../../telemetry/metrics';

/** What is needed of a logger; pino is one. */
export interface HttpLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type HttpMetrics = Pick<Metrics, 'observeRequest'>;

/**
 * One lean line and one measurement per request, when it is over. Addresses are not logged: they can hold tokens and
 * mail addresses; the operationId says what was asked for.
 */
export function observe({ logger, metrics }: { logger: HttpLogger; metrics: HttpMetrics }): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = performance.now();
    response.once('close', () => {
      const ms = performance.now() - startedAtMs;
      const operationId = request.operation?.id ?? 'none';
      // A caller who hung up before the answer: 499, as nginx counts it.
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
