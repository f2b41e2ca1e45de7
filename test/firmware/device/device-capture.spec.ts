import { compileWasm } from '#libs/firmware/toolchain';
import { Artifact } from '#test/support/scripted-server/index';
import { waitUntil } from '#test/support/wait-until';
import { SECTOR_BYTES } from '../../../apps/fleet/src/flash';
import {
  type DeviceExports,
  instantiateDevice,
  WASM_PAGE_BYTES,
} from '../../../apps/fleet/src/wasm/web-assembly';
import { ITEMS, trainJob, WAIT } from './jobs';
import { decodePerceptronDelta, PERCEPTRON, perceptronParameters } from './perceptron';
import { devicePrograms, type Programs } from './programs';
import { TestFleet, testFlash } from './test-fleet';

jest.setTimeout(60_000);

/** `fl_capture_answer` (fl_work.h). */
const [CAPTURED, NO_PLACE, BAD_LABEL] = [0, 1, 2];
const [LEARN, TEST] = [0, 1];

let programs: Programs;
beforeAll(async () => {
  programs = await devicePrograms();
});

/** A board without a network, whose flash is the end of its memory, as its sensor sees it. */
class Sensor {
  private readonly board: DeviceExports & {
    fl_capture(features: number, label: number, use: number): number;
  };
  private readonly flashAt: number;

  constructor(
    program: Uint8Array,
    private readonly flashBytes: Uint8Array,
  ) {
    const nothing = (): void => undefined;
    const pins = { send: () => 0, reset_link: nothing, flash_changed: nothing, log: nothing };
    this.board = instantiateDevice(compileWasm(program), pins) as Sensor['board'];
    const { memory, __heap_base } = this.board;
    this.flashAt = Math.ceil(__heap_base.value / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    const end = this.flashAt + flashBytes.length + PERCEPTRON.inputs;
    memory.grow(Math.ceil(Math.max(0, end - memory.buffer.byteLength) / WASM_PAGE_BYTES));
    this.flash.set(flashBytes);
    this.board.fl_start(this.flashAt, flashBytes.length, 0);
  }

  get flash(): Uint8Array {
    return new Uint8Array(this.board.memory.buffer, this.flashAt, this.flashBytes.length);
  }

  /** The features lie behind the flash. */
  capture(features: Int8Array, label: number, use: number): number {
    const at = this.flashAt + this.flashBytes.length;
    new Int8Array(this.board.memory.buffer, at, features.length).set(features);
    return this.board.fl_capture(at, label, use);
  }
}

const features = (seed: number): Int8Array =>
  Int8Array.from({ length: PERCEPTRON.inputs }, (_, i) => seed * 7 + i);
const withRing = (): Uint8Array => testFlash({ samples: ITEMS, captureBytes: 4 * SECTOR_BYTES });

describe('items of a sensor, kept by a device as a WebAssembly module', () => {
  it('are learnt from and tested on by the session after them, beside those of the factory', async () => {
    const sensor = new Sensor(programs.wasm, withRing());
    const answers = [LEARN, TEST, LEARN, LEARN].map((use, i) => sensor.capture(features(i), i % 3, use));
    expect(answers).toEqual([CAPTURED, CAPTURED, CAPTURED, CAPTURED]);

    const artifact = new Artifact(5, perceptronParameters(1));
    const fleet: TestFleet = await TestFleet.open({
      job: () => (fleet.server.deltas.has(1) ? WAIT : trainJob(1, artifact)),
      artifacts: [artifact],
      decodeDelta: decodePerceptronDelta,
    });
    try {
      fleet.add({ program: programs.wasm, flash: sensor.flash.slice() });
      await waitUntil('the delta', () => fleet.server.deltas.has(1));
      const { adaptCount, labels } = ITEMS;
      expect(fleet.server.distinctResults).toMatchObject([
        { kind: 'trained', learnedItems: adaptCount + 3, testItems: labels.length - adaptCount + 1 },
      ]);
    } finally {
      await fleet.close();
    }
  });

  it('are refused where the model has no such label, and nothing is written', () => {
    const sensor = new Sensor(programs.wasm, withRing());
    const before = sensor.flash.slice();
    expect(sensor.capture(features(1), PERCEPTRON.classes, LEARN)).toBe(BAD_LABEL);
    expect(Buffer.compare(sensor.flash, before)).toBe(0);
  });

  it('have no place on a board without a ring, nor in a program without a model', () => {
    const bare = new Sensor(programs.wasm, testFlash({ samples: ITEMS }));
    expect(bare.capture(features(1), 0, LEARN)).toBe(NO_PLACE);
    expect(new Sensor(programs.enrolWasm, withRing()).capture(features(1), 0, LEARN)).toBe(NO_PLACE);
  });
});
