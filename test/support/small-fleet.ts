import type { EnrolGranted } from '#libs/fleet/protocol';
import { eventually } from '#test/support/eventually';
import { aBoard, enrolled, type ScriptedBoard, ScriptedDevice } from '#test/support/scripted-device';
import type { TestServer } from '#test/support/server';
import { smallModelFile } from '#test/support/small-model';

/** A server, in this process or in another. */
type SmallServer = Pick<TestServer, 'api' | 'mqttUrl'>;

export interface DeviceView {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly build: {
    readonly id: string;
    readonly plannedPeakBytes: number;
    readonly elfPeakBytes: number;
  } | null;
}

/** A fleet with the small model, and devices that are prepared for it. */
export interface SmallFleet {
  readonly id: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly token: string;
  readonly credentials: readonly EnrolGranted[];
}

/** Boards with uids of their own. */
export const someBoards = (count: number, changes: Partial<ScriptedBoard> = {}): ScriptedBoard[] =>
  Array.from({ length: count }, (_, i) =>
    aBoard({ uid: `00000000000000${(0xa0 + i).toString(16)}`, ...changes }),
  );

export async function smallFleet(
  server: SmallServer,
  boards = someBoards(2),
  file = smallModelFile(),
): Promise<SmallFleet> {
  const { api } = server;
  const model = await api.post<{ id: string; versionId: string }>('/models?name=small', file);
  const { id } = await api.post<{ id: string }>('/fleets', { name: 'kitchens' });
  await api.put(`/fleets/${id}/model`, { modelId: model.id });
  const wanted = { quota: 100, expiresInSeconds: 600 };
  const { token } = await api.post<{ token: string }>(`/fleets/${id}/enrolment-tokens`, wanted);
  const credentials: EnrolGranted[] = [];
  for (const board of boards) credentials.push(await enrolled(server.mqttUrl, token, board));
  for (const { device } of credentials) await preparedDevice(server, device);
  return { id, modelId: model.id, versionId: model.versionId, token, credentials };
}

/** The device once its preparation has come to an end, whichever. */
export const preparedDevice = (server: SmallServer, id: string): Promise<DeviceView> =>
  eventually(
    `device ${id} is prepared`,
    async () => {
      const device = await server.api.get<DeviceView>(`/devices/${id}`);
      return device.state !== 'enrolled' && device;
    },
    120_000,
  );

export const connectAll = (server: SmallServer, { credentials }: SmallFleet): Promise<ScriptedDevice[]> =>
  Promise.all(credentials.map((one) => ScriptedDevice.connect(server.mqttUrl, one)));
