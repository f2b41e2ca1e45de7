import type { DeviceReport } from '../report/device-report';
import type { Http } from './http';
import type { JsonView } from './json-view';
import {
  type CampaignView,
  campaignView,
  type DeviceView,
  deviceView,
  type VersionView,
  versionView,
} from './types';

export interface CampaignSettings {
  readonly name: string;
  readonly rounds: number;
  /** Passes of a device over its recordings, each round. */
  readonly passes: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Devices whose training a round needs. */
  readonly quorum: number;
  readonly roundDeadlineSeconds: number;
}

export interface RegisteredModel {
  readonly id: string;
  readonly parameters: number;
}

const TOKEN_SECONDS = 3_600;

/** The server's API, a method for each thing that the demo asks of it. */
export class FleetlearnApi {
  constructor(private readonly http: Http) {}

  async createFleet(name: string): Promise<string> {
    return (await this.http.post('/api/fleets', { name })).text('id');
  }

  async registerModel(name: string, file: Uint8Array): Promise<RegisteredModel> {
    const model = await this.http.post(`/api/models?name=${encodeURIComponent(name)}`, file);
    return { id: model.text('id'), parameters: model.number('parameters') };
  }

  async uploadEvaluationSet(modelId: string, dataset: Uint8Array): Promise<number> {
    return (await this.http.post(`/api/models/${modelId}/evaluation-set`, dataset)).number('items');
  }

  /** Every version of a model, the first one first. */
  async versions(modelId: string): Promise<readonly VersionView[]> {
    const model = await this.http.get(`/api/models/${modelId}`);
    return model
      .list('versions')
      .flatMap((json) => versionView(json) ?? [])
      .sort((a, b) => a.number - b.number);
  }

  /** A version as a .tflite file. */
  versionFile = (versionId: string): Promise<Uint8Array> =>
    this.http.getBytes(`/api/model-versions/${versionId}/file`);

  async assignModel(fleetId: string, modelId: string): Promise<void> {
    await this.http.put(`/api/fleets/${fleetId}/model`, { modelId });
  }

  async createToken(fleetId: string, quota: number): Promise<string> {
    const wanted = { quota, expiresInSeconds: TOKEN_SECONDS };
    return (await this.http.post(`/api/fleets/${fleetId}/enrolment-tokens`, wanted)).text('token');
  }

  async devices(fleetId: string): Promise<readonly DeviceView[]> {
    const page = await this.http.get(`/api/devices?fleet=${encodeURIComponent(fleetId)}`);
    return page.list('items').map(deviceView);
  }

  async startCampaign(fleetId: string, settings: CampaignSettings): Promise<CampaignView> {
    const { id } = campaignView(await this.http.post('/api/campaigns', { fleetId, ...settings }));
    return campaignView(await this.http.post(`/api/campaigns/${id}/start`));
  }

  campaign = async (id: string): Promise<CampaignView> =>
    campaignView(await this.http.get(`/api/campaigns/${id}`));

  async report(campaignId: string): Promise<readonly DeviceReport[]> {
    return (await this.http.get(`/api/campaigns/${campaignId}/report`)).items().map(deviceReport);
  }
}

const deviceReport = (json: JsonView): DeviceReport => ({
  name: json.textOr('label', json.text('deviceId')),
  board: json.text('board'),
  sramBudgetBytes: json.number('sramBytes'),
  scheme: json.textOr('scheme', undefined),
  plannedPeakBytes: json.numberOr('plannedPeakBytes', undefined),
  builtPeakBytes: json.numberOr('elfPeakBytes', undefined),
  measuredPeakBytes: json.numberOr('measuredPeakBytes', undefined),
  accuracyBefore: json.numberOr('accuracyBefore', undefined),
  accuracyPersonal: json.numberOr('accuracyPersonalised', undefined),
  accuracyGlobal: json.numberOr('accuracyFinalGlobal', undefined),
  bytesDown: json.number('bytesDown'),
  bytesUp: json.number('bytesUp'),
});
