// The servers to compare with, which echo. `node` is bare node:http, `express` a bare Express 5, `mongodb` the same
// with one document read or written.
const { createServer } = require('node:http');
const express = require('express');
const { MongoClient } = require('mongodb');

const NOTHING = '{"ok":true}';

function echo(request, response) {
  if (request.method === 'GET') return reply(response, NOTHING);
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).once('end', () => reply(response, Buffer.concat(chunks)));
}

function reply(response, body) {
  response.setHeader('Content-Type', 'application/json');
  response.end(body);
}

function echoOverExpress({ read, write, list }) {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/api/v1/users/:userId', async ({ params }, response) =>
    reply(response, JSON.stringify(await read(params.userId))),
  );
  app.get('/api/v1/users', async (request, response) => reply(response, JSON.stringify(await list(request.query))));
  app.post('/api/v1/onboardings', express.json(), async ({ body }, response) => {
    await write(body);
    reply(response, JSON.stringify(body));
  });
  return app;
}

const noDatabase = { read: async () => ({ ok: true }), write: async () => undefined, list: async () => ({ ok: true }) };

async function inMongodb() {
  const client = await MongoClient.connect(process.env.MONGODB_URI, {
    maxPoolSize: 50,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  });
  const documents = client.db().collection('bare');
  const users = client.db().collection('users');
  return {
    async read(_id) {
      const { ok } = (await documents.findOne({ _id })) ?? {};
      return { ok };
    },
    // A page as a list of ours reads it.
    list: ({ limit }) =>
      users.find({ tenantId: process.env.TENANT_ID }).sort({ createdAt: -1, _id: -1 }).limit(Number(limit)).toArray(),
    // A copy, because the driver adds an _id to it.
    write: (body) => documents.insertOne({ ...body }),
    fill: (_id) =>
      documents.updateOne({ _id }, { $set: { ok: true, name: 'Bench', email: 'bench@example.com' } }, { upsert: true }),
  };
}

const kinds = {
  node: async () => echo,
  express: async () => echoOverExpress(noDatabase),
  async mongodb() {
    const documents = await inMongodb();
    await documents.fill(process.env.USER_ID);
    return echoOverExpress(documents);
  },
};

async function main([kind]) {
  const server = createServer(await kinds[kind]()).listen(0, '127.0.0.1', () =>
    process.send({ listening: { port: server.address().port } }),
  );
}

void main(process.argv.slice(2));
