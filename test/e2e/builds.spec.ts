import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { readElf } from '#libs/firmware/elf';
import { aBoard, ScriptedDevice } from '#test/support/scripted-device';
import { startServer, type TestServer } from '#test/support/server';
import { preparedDevice, smallFleet, someBoards } from '#test/support/small-fleet';

jest.setTimeout(180_000);

const kwsDigitsFile = (): Uint8Array =>
  new Uint8Array(readFileSync(resolve(__dirname, '../../apps/demo/model/kws-digits.tflite')));

let server: TestServer;

beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.end());

describe('the preparation of a device', () => {
  it('plans, compiles and proves a program, and tells the device to have it installed', async () => {
    const { credentials } = await smallFleet(server, [aBoard()]);
    const [granted] = credentials;
    if (!granted) throw new Error('a device was enrolled');
    const view = await preparedDevice(server, granted.device);
    expect(view).toMatchObject({ state: 'ready', reason: null });
    expect(view.build?.elfPeakBytes).toBeLessThanOrEqual(view.build?.plannedPeakBytes ?? 0);
    expect(view.build?.plannedPeakBytes).toBeLessThanOrEqual(aBoard().sramBudgetBytes);

    const elf = await server.api.bytes(`/devices/${granted.device}/image?format=elf`);
    expect(readElf(elf).ok).toBe(true);
    const wasm = await server.api.bytes(`/devices/${granted.device}/image?format=wasm`);
    expect([...wasm.subarray(0, 4)]).toEqual([0x00, 0x61, 0x73, 0x6d]);
    const plan = await server.api.get<{ buffers: unknown[] }>(`/devices/${granted.device}/memory-map`);
    expect(plan.buffers.length).toBeGreaterThan(3);

    const device = await ScriptedDevice.connect(server.mqttUrl, granted);
    const install = await device.helloUntil('install');
    expect(await device.hello(install)).toMatchObject({ kind: 'wait' });
    await device.end();
  });

  it('shares one build among devices of one kind, and makes another for another budget', async () => {
    const boards = [...someBoards(3), aBoard({ uid: '00000000000000ff', sramBudgetBytes: 32_768 })];
    const { credentials } = await smallFleet(server, boards);
    const views = await Promise.all(credentials.map(({ device }) => preparedDevice(server, device)));
    expect(new Set(views.slice(0, 3).map(({ build }) => build?.id)).size).toBe(1);
    expect(views[3]?.build?.id).not.toBe(views[0]?.build?.id);
  });

  it('refuses a device that the model does not fit, naming what it needs and what would do, and tells it so', async () => {
    const { credentials } = await smallFleet(server, [aBoard({ sramBudgetBytes: 16_384 })], kwsDigitsFile());
    const [granted] = credentials;
    if (!granted) throw new Error('a device was enrolled');
    const { state, reason } = await preparedDevice(server, granted.device);
    expect(state).toBe('refused');
    expect(reason).toMatch(
      /^\S+ cannot be trained in 16384 bytes of SRAM: it needs \d+ .*, \d+ more; the least that a \S+ can set aside is \d+ bytes$/,
    );
    const device = await ScriptedDevice.connect(server.mqttUrl, granted);
    expect(await device.hello()).toEqual({ kind: 'refused', text: reason });
    await device.end();
  });

  it('refuses a board that nobody described, and a budget that the board cannot enforce', async () => {
    const boards = [
      aBoard({ board: 'toaster' }),
      aBoard({ uid: '00000000000000ff', sramBudgetBytes: 65_537 }),
    ];
    const { credentials } = await smallFleet(server, boards);
    const views = await Promise.all(credentials.map(({ device }) => preparedDevice(server, device)));
    expect(views.map(({ state }) => state)).toEqual(['refused', 'refused']);
    expect(views[0]?.reason).toContain('toaster');
  });

  it('builds the program without a model for a board that is still to be enrolled, once', async () => {
    const elf = await server.api.bytes('/images/enrol?board=mps2-an386&format=elf');
    expect(readElf(elf).ok).toBe(true);
    const wasm = await server.api.bytes('/images/enrol?board=virtual-m4&format=wasm');
    expect([...wasm.subarray(0, 4)]).toEqual([0x00, 0x61, 0x73, 0x6d]);
    expect(await server.api.bytes('/images/enrol?board=mps2-an386&format=elf')).toEqual(elf);
    const { status, body } = await server.api.refused('GET', '/images/enrol?board=toaster');
    expect([status, body.code]).toEqual([404, 'board.unknown']);
    expect((await server.api.refused('GET', '/images/enrol?board=mps2-an386&format=wasm')).body.code).toBe(
      'image.not-found',
    );
  });

  it('has no program for a device that waits for a model', async () => {
    const { status, body } = await server.api.refused('GET', '/devices/d-nobody/memory-map');
    expect([status, body.code]).toEqual([404, 'device.not-found']);
  });
});
