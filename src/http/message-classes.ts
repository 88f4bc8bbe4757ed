import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import type { Application } from 'express';

/** Express's own typings lack the prototypes. */
interface AppPrototypes {
  request: object;
  response: object;
}

/**
 * Returns classes of requests and responses for the server that serves the app; their objects have the app's prototypes
 * from the start. Express sets the prototypes of each request and response otherwise, after which V8 treats them as
 * objects that it has never seen.
 */
export function messageClassesOf(app: Application): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  const prototypes = app as unknown as AppPrototypes;
  Object.setPrototypeOf(AppRequest.prototype, prototypes.request);
  Object.setPrototypeOf(AppResponse.prototype, prototypes.response);
  prototypes.request = AppRequest.prototype;
  prototypes.response = AppResponse.prototype;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse as typeof ServerResponse };
}
