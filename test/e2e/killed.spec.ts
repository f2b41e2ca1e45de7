import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { DeltaLayout } from '#libs/fleet/delta';
import { Status } from '#libs/fleet/protocol';
import { ApiClient } from '#test/support/api-client';
import { deltaLayoutOf } from '#test/support/delta-layout';
import { eventually } from '#test/support/eventually';
import { freePorts } from '#test/support/free-ports';
import { aBoard, ScriptedDevice } from '#test/support/scripted-device';
import { anEvaluation, aSession } from '#test/support/session';
import { smallFleet } from '#test/support/small-fleet';
import { smallModelFile } from '#test/support/small-model';

jest.setTimeout(180_000);

const ROOT = resolve(__dirname, '../..');
const ADMIN_TOKEN = 'a-token-for-this-test';

interface Campaign {
  readonly id: string;
  readonly state: string;
  readonly roundDetails: readonly {
    readonly state: string;
    readonly executions: readonly { readonly state: string }[];
  }[];
}

/** The server as people start it: a process of its own, which can be killed. */
class ServerProcess {
  private child: ChildProcess | undefined;
  readonly api: ApiClient;
  readonly mqttUrl: string;

  constructor(
    private readonly folder: string,
    private readonly ports: { readonly http: number; readonly mqtt: number },
  ) {
    this.api = new ApiClient(`http://127.0.0.1:${ports.http}`, ADMIN_TOKEN);
    this.mqttUrl = `mqtt://127.0.0.1:${ports.mqtt}`;
  }

  async start(): Promise<void> {
    this.child = spawn(process.execPath, [join(ROOT, 'dist/apps/server/src/main.js')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        FLEETLEARN_HTTP_PORT: String(this.ports.http),
        FLEETLEARN_MQTT_PORT: String(this.ports.mqtt),
        FLEETLEARN_DATA_DIR: join(this.folder, 'data'),
        FLEETLEARN_DATABASE_URL: `file:${join(this.folder, 'server.db')}`,
        FLEETLEARN_BUILD_CACHE_DIR: join(ROOT, 'node_modules/.fleetlearn/firmware'),
        FLEETLEARN_ADMIN_TOKEN: ADMIN_TOKEN,
        FLEETLEARN_HELLO_SECONDS: '1',
        FLEETLEARN_LOG_LEVEL: 'error',
      },
    });
    await eventually('the server answers', () =>
      this.api.get('/health').then(
        () => true,
        () => false,
      ),
    );
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.child || this.child.exitCode !== null) return null;
    const exited = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(signal);
    return (await exited)[0];
  }
}

let folder: string;
let server: ServerProcess;
let layout: DeltaLayout;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetlearn-killed-'));
  layout = await deltaLayoutOf(smallModelFile(), aBoard());
  const [http, mqtt] = await freePorts();
  server = new ServerProcess(folder, { http, mqtt });
  await server.start();
});
afterEach(async () => {
  await server.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('a server that is killed', () => {
  it('goes on with the round, the upload and the campaign where they were', async () => {
    const fleet = await smallFleet(server);
    const settings = {
      rounds: 1,
      passes: 1,
      learningRate: 0.01,
      seed: 1,
      quorum: 2,
      roundDeadlineSeconds: 120,
    };
    const draft = await server.api.post<Campaign>('/campaigns', {
      fleetId: fleet.id,
      name: 'killed',
      ...settings,
    });
    await server.api.post(`/campaigns/${draft.id}/start`);
    const connect = () =>
      Promise.all(
        fleet.credentials.map((credentials) => ScriptedDevice.connect(server.mqttUrl, credentials)),
      );

    const before = await connect();
    const jobs = await Promise.all(before.map((device) => device.helloUntil('train')));
    const sessions = jobs.map((job) => aSession(job, layout));
    await before[0]!.result(sessions[0]!.result);
    expect((await before[0]!.upload(jobs[0]!, sessions[0]!.encoded)).status).toBe(Status.stored);
    await before[1]!.result(sessions[1]!.result);
    await before[1]!.piece(jobs[1]!, 0, sessions[1]!.encoded.subarray(0, 25));
    await server.kill('SIGKILL');
    await Promise.all(before.map((device) => device.end()));

    await server.start();
    const after = await connect();
    expect((await after[0]!.result(sessions[0]!.result)).status).toBe(Status.stored);
    expect(await after[1]!.hello(jobs[1])).toEqual(jobs[1]);
    const { haveBytes } = await after[1]!.result(sessions[1]!.result);
    expect(haveBytes).toBe(25);
    // Killed once more at the worst moment: the last delta is in, the server begins to average.
    expect((await after[1]!.upload(jobs[1]!, sessions[1]!.encoded, haveBytes)).status).toBe(Status.stored);
    await server.kill('SIGKILL');
    await Promise.all(after.map((device) => device.end()));

    await server.start();
    const last = await connect();
    for (const device of last) {
      expect((await device.result(anEvaluation(await device.helloUntil('evaluate')))).status).toBe(
        Status.stored,
      );
    }
    const campaign = await eventually('the campaign is over', async () => {
      const now = await server.api.get<Campaign>(`/campaigns/${draft.id}`);
      return now.state === 'completed' && now;
    });
    expect(campaign.roundDetails.map(({ state }) => state)).toEqual(['committed', 'committed']);
    expect(campaign.roundDetails[0]?.executions.map(({ state }) => state)).toEqual(['stored', 'stored']);
    const { versions } = await server.api.get<{ versions: object[] }>(`/models/${fleet.modelId}`);
    expect(versions.length).toBe(2);
    await Promise.all(last.map((device) => device.end()));
  });

  it('ends well when it is asked to', async () => {
    expect(await server.kill('SIGTERM')).toBe(0);
  });
});
