import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DeviceDescription, FleetDescription } from '../../apps/fleet/src/description/fleet-description';
import { Fleet } from '../../apps/fleet/src/fleet';
import { eventually } from '#test/support/eventually';
import { testWorkshop } from '#test/support/harness';
import type { TestServer } from '#test/support/server';

const DEMO = resolve(__dirname, '../../apps/demo');

/** What a fleet is to learn. */
export interface WorldModel {
  readonly name: string;
  readonly file: () => Uint8Array;
  readonly input: { readonly scale: number; readonly zeroPoint: number };
  /** Of a new head, separated by commas; absent: the model keeps its own. */
  readonly labels?: string;
}

/** The demonstration model. */
export const KWS_DIGITS: WorldModel = {
  name: 'kws-digits',
  file: () => new Uint8Array(readFileSync(join(DEMO, 'model', 'kws-digits.tflite'))),
  input: { scale: 0.0157191, zeroPoint: -33 },
};
const PATIENCE_MS = 180_000;

export const household = (voice: string, changes: Partial<DeviceDescription> = {}): DeviceDescription => ({
  name: voice,
  board: 'virtual-m4',
  sramBytes: 65_536,
  samples: { kind: 'file', path: join(DEMO, 'data', `voice-${voice}.flds.br`) },
  ...changes,
});

export interface ListedDevice {
  readonly id: string;
  readonly label: string;
  readonly state: string;
  readonly isProgrammed: boolean;
}

/** A server with a model, and a fleet of households that enrolled in it. */
export class HouseholdWorld {
  /** What the devices logged, by the line: "scots: execution 1". */
  readonly log: string[] = [];
  private fleet: Fleet;
  private campaignId = '';

  private constructor(
    private server: TestServer,
    private readonly fleetId: string,
    private readonly modelId: string,
    private readonly description: FleetDescription,
  ) {
    this.fleet = this.makeFleet();
  }

  private makeFleet(): Fleet {
    return new Fleet(this.description, {
      adminToken: this.server.adminToken,
      qemu: 'qemu-system-arm',
      templates: testWorkshop.templates,
      tell: (device, line) => this.log.push(`${device}: ${line}`),
    });
  }

  static async open(
    server: TestServer,
    devices: readonly DeviceDescription[],
    { name, file, input, labels }: WorldModel = KWS_DIGITS,
  ): Promise<HouseholdWorld> {
    const { api } = server;
    const head = labels === undefined ? '' : `&labels=${labels}`;
    const model = await api.post<{ id: string }>(`/models?name=${name}${head}`, file());
    const { id } = await api.post<{ id: string }>('/fleets', { name: 'households' });
    await api.put(`/fleets/${id}/model`, { modelId: model.id });
    const wanted = { quota: devices.length, expiresInSeconds: 600 };
    const { token } = await api.post<{ token: string }>(`/fleets/${id}/enrolment-tokens`, wanted);
    const folder = mkdtempSync(join(tmpdir(), 'fleetlearn-fleet-'));
    const description: FleetDescription = {
      server: server.httpUrl,
      broker: { host: '127.0.0.1', port: Number(new URL(server.mqttUrl).port) },
      enrolmentToken: token,
      folder,
      seed: 'test',
      slotBytes: 65_536,
      input,
      devices,
    };
    const world = new HouseholdWorld(server, id, model.id, description);
    await world.fleet.start();
    return world;
  }

  /** As if the fleet's process had ended: the boards' flash is all that is left. */
  async restartFleet(): Promise<void> {
    await this.fleet.stop();
    this.fleet = this.makeFleet();
    await this.fleet.start();
  }

  /** The server was started again. */
  moveTo(server: TestServer): void {
    this.server = server;
  }

  report({ id }: CampaignView): Promise<readonly ReportRow[]> {
    return this.server.api.get<readonly ReportRow[]>(`/campaigns/${id}/report`);
  }

  /** The model's versions, oldest first. */
  async versions(): Promise<readonly VersionView[]> {
    const { api } = this.server;
    return (await api.get<{ versions: readonly VersionView[] }>(`/models/${this.modelId}`)).versions;
  }

  /** The .tflite file of the model's last version. */
  async lastVersion(): Promise<Uint8Array> {
    return this.server.api.bytes(`/model-versions/${(await this.versions()).at(-1)?.id}/file`);
  }

  saveEvaluationSet(dataset: Uint8Array): Promise<unknown> {
    return this.server.api.post(`/models/${this.modelId}/evaluation-set`, dataset);
  }

  async close(): Promise<void> {
    await this.fleet.stop();
    rmSync(this.description.folder, { recursive: true, force: true });
  }

  /** All devices, once each of them either runs its own program or is refused. */
  settled(count: number): Promise<readonly ListedDevice[]> {
    return eventually(
      'all devices are programmed or refused',
      async () => {
        const { items } = await this.server.api.get<{ items: readonly ListedDevice[] }>(
          `/devices?fleet=${this.fleetId}`,
        );
        const isSettled = ({ state, isProgrammed }: ListedDevice) => state === 'refused' || isProgrammed;
        return items.length === count && items.every(isSettled) && items;
      },
      PATIENCE_MS,
    );
  }

  /** A short campaign, once it has ended. */
  async campaign(quorum: number, changes: object = {}): Promise<CampaignView> {
    const settings = { ...CAMPAIGN, fleetId: this.fleetId, quorum, ...changes };
    const { id } = await this.server.api.post<{ id: string }>('/campaigns', settings);
    this.campaignId = id;
    await this.server.api.post(`/campaigns/${id}/start`);
    return this.endOfCampaign();
  }

  endOfCampaign(): Promise<CampaignView> {
    return eventually(
      'the campaign ends',
      async () => {
        const campaign = await this.server.api.get<CampaignView>(`/campaigns/${this.campaignId}`);
        return ENDS.has(campaign.state) && campaign;
      },
      PATIENCE_MS,
    );
  }
}

const CAMPAIGN = {
  name: 'test',
  rounds: 1,
  passes: 2,
  learningRate: 0.02,
  seed: 7,
  roundDeadlineSeconds: 120,
};
const ENDS = new Set(['completed', 'completedWithFailures', 'failed', 'aborted']);

export interface CampaignView {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
}

export interface VersionView {
  readonly id: string;
  readonly number: number;
  readonly accuracy: number | null;
  readonly score: number | null;
  readonly publishedAt: string | null;
  readonly judgement: { readonly on: string; readonly before: number; readonly after: number } | null;
}

/** A device's row of a campaign's report. */
export interface ReportRow {
  readonly label: string;
  readonly state: string;
  /** Of the campaign's measure. */
  readonly scoreBefore: number | null;
  readonly scorePersonalised: number | null;
  readonly scoreFinalGlobal: number | null;
  readonly accuracyBefore: number | null;
  readonly accuracyPersonalised: number | null;
  readonly accuracyFinalGlobal: number | null;
  readonly measuredPeakBytes: number | null;
  readonly elfPeakBytes: number | null;
}
