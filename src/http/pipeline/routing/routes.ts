import express, { type RequestHandler, type Router } from 'express';

/** Routes by the shape of their paths, so that a request is matched against few of them. */
export interface Routes {
  /** Returns the router for a route, to register it. Routes of one shape are matched in the order of registration. */
  routerOf(route: string): Router;
  /** Passes a request to the router of its path's shape. */
  dispatch: RequestHandler;
}

/**
 * Express compares a path with every route registered before its own. Here the routes are divided by the segments below
 * the base path: by their number and the first of them, which never is a parameter.
 */
export function createRoutes(basePath: string): Routes {
  const routers = new Map<string, Router>();
  const start = basePath.length + 1;

  const shapeOf = (path: string): string => {
    const end = path.indexOf('/', start);
    let segments = 0;
    for (let at = end; at !== -1; at = path.indexOf('/', at + 1)) segments += 1;
    return `${segments}${end === -1 ? path.slice(start) : path.slice(start, end)}`;
  };

  return {
    routerOf(route) {
      const shape = shapeOf(route);
      const router = routers.get(shape) ?? express.Router({ caseSensitive: true, strict: true });
      routers.set(shape, router);
      return router;
    },
    dispatch(request, response, next) {
      const router = routers.get(shapeOf(request.path));
      if (router) router(request, response, next);
      else next();
    },
  };
}
