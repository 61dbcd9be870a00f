// Emmett as a measured program: lines of JSON in, lines of JSON out, and a bare node http server.
// Arguments: the folder of node_modules, the address of a database of its own, the port to serve.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [folder, url, port] = process.argv.slice(2);
const { getPostgreSQLEventStore } = createRequire(`${folder}/`)('@event-driven-io/emmett-postgresql');

const store = getPostgreSQLEventStore(url);
await store.schema.migrate();

const EVENTS_OF_A_CASE = 12;
const EVENTS_LOADED = 1000;
const STREAMS_MIN = 5;
const NEW = 'STREAM_DOES_NOT_EXIST';

const evolve = (state, { type, data }) =>
  type === 'IdeaRegistered'
    ? { profile: data.body.profile, told: {}, lastOn: data.occurred_on }
    : type === 'ProfileRevised'
      ? { ...state, profile: { ...state.profile, ...data.body.changes }, lastOn: data.occurred_on }
      : { ...state, told: { ...state.told, [type]: data.body }, lastOn: data.occurred_on };
const load = (stream) => store.aggregateStream(stream, { evolve, initialState: () => ({}) });

let documents = [];
const documentAt = (version) => documents[version === 1 ? 0 : 1 + ((version - 2) % (documents.length - 1))];

// Append and load

const caller = () => {
  let stream = `case-${randomUUID()}`;
  let version = 0n;
  return async () => {
    if (Number(version) === EVENTS_OF_A_CASE) [stream, version] = [`case-${randomUUID()}`, 0n];
    const expectedStreamVersion = version === 0n ? NEW : version;
    await store.appendToStream(stream, [documentAt(Number(version) + 1)], { expectedStreamVersion });
    version += 1n;
  };
};

const rateOf = async (steps, seconds) => {
  const began = performance.now();
  const deadline = began + seconds * 1000;
  let made = 0;
  await Promise.all(
    steps.map(async (step) => {
      while (performance.now() < deadline) {
        await step();
        made += 1;
      }
    }),
  );
  return { rate: made / ((performance.now() - began) / 1000) };
};

const written = new Map();
const streamsOf = async (length) => {
  if (!written.has(length)) {
    const count = Math.max(STREAMS_MIN, Math.floor(EVENTS_LOADED / length));
    const streams = Array.from({ length: count }, () => `case-${randomUUID()}`);
    for (const stream of streams)
      await store.appendToStream(stream, Array.from({ length }, (_, n) => documentAt(n + 1)));
    written.set(length, streams);
  }
  return written.get(length);
};

const works = {
  documents: (plan) => void (documents = plan.documents),
  append: ({ callers, seconds }) => rateOf(Array.from({ length: callers }, caller), seconds),
  load: async ({ length, seconds }) => {
    const streams = await streamsOf(length);
    let n = 0;
    return rateOf([() => load(streams[n++ % streams.length])], seconds);
  },
};

// HTTP: load, decide, append

const received = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
};

const answer = (response, status, content) => {
  const body = JSON.stringify(content);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

const serve = async (request, response) => {
  const [, , id, command] = request.url.split('/');
  if (request.method === 'POST' && id === undefined) {
    const data = await received(request);
    const born = randomUUID();
    const event = { type: 'IdeaRegistered', data };
    await store.appendToStream(`case-${born}`, [event], { expectedStreamVersion: NEW });
    return answer(response, 201, { id: born, version: 1 });
  }
  const { state, currentStreamVersion, streamExists } = await load(`case-${id}`);
  if (!streamExists) return answer(response, 404, {});
  if (request.method === 'GET')
    return answer(response, 200, { id, version: Number(currentStreamVersion), profile: state.profile, last_on: state.lastOn });
  if (command !== 'revise-profile') return answer(response, 404, {});
  const event = { type: 'ProfileRevised', data: await received(request) };
  const { nextExpectedStreamVersion } = await store.appendToStream(`case-${id}`, [event], {
    expectedStreamVersion: currentStreamVersion,
  });
  return answer(response, 200, { id, version: Number(nextExpectedStreamVersion) });
};

const server = createServer((request, response) =>
  serve(request, response).catch((error) => answer(response, 500, { error: String(error) })),
);
if (port) await new Promise((ready) => server.listen(Number(port), '127.0.0.1', ready));

for await (const line of createInterface({ input: process.stdin })) {
  const { work, plan } = JSON.parse(line);
  let told;
  try {
    told = { done: (await works[work](plan)) ?? null };
  } catch (error) {
    told = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
server.closeAllConnections();
server.close();
await store.close();
