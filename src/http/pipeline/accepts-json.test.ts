import express from 'express';
import request from 'supertest';
import { DomainError } from '../../domain/domain-error';
import { acceptsJson } from './accepts-json';

const app = express();
app.use(acceptsJson, (_request, response) => void response.status(200).end());
app.use(((error: unknown, _request, response, _next) => {
  response.status(error instanceof DomainError && error.code === 'NOT_ACCEPTABLE' ? 406 : 500).end();
}) satisfies express.ErrorRequestHandler);
const statusFor = async (accept: string) => (await request(app).get('/').set('Accept', accept)).status;

describe('Accept', () => {
  it.each([
    '*/*',
    '',
    'application/json',
    'APPLICATION/JSON',
    'application/*;q=0.1',
    'application/json; charset=UTF-8',
    'application/json;version=1',
    'application/json;profile="a,b;q=0";q=0.5',
    'application/json;version=1;q=0, */*',
    'application/problem+json, application/json',
    'text/html, application/json;q=0.1',
    'text/html;q=0, */*',
    'application/json;q=0.001',
  ])('"%s" accepts JSON', async (accept) => expect(await statusFor(accept)).toBe(200));

  it.each([
    'application/json;q=0',
    'application/json; q=0.0',
    'application/json;q=0, */*',
    'application/*;q=0, text/html',
    '*/*;q=0',
    'text/html',
    'application/jsonp',
    'application/json;version=1;q=0',
    'application/problem+json',
    'application/vnd.api+json',
    'text/html;x="application/json"',
  ])('"%s" does not', async (accept) => expect(await statusFor(accept)).toBe(406));
});
