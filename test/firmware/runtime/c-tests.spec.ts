import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shufflePass } from '#libs/base/rng';
import { balancedItems } from '#libs/model/session';
import { testWorkshop } from '#test/support/harness';

jest.setTimeout(180_000);

const hasGcc = spawnSync('gcc', ['--version']).status === 0;
const describeC = hasGcc ? describe : describe.skip;
const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wconversion', '-Werror'];
const SANITIZED = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const FLAGS = [...STRICT, ...SANITIZED];
const INCLUDES = ['test', 'runtime', 'net', 'store', 'kernels'];
const STORE = [
  'boots',
  'capture',
  'capture_find',
  'crc32',
  'features',
  'identity',
  'nor',
  'provisioning',
  'record',
  'samples',
  'slots',
];
const RUNTIME = [
  'bytes',
  'device',
  'download',
  'enrolment',
  'guard',
  'order',
  'paint',
  'prepare',
  'random',
  'retry',
  'session',
];

/** A whole device around a toy model, and what a server would say to it. */
const DEVICE = [
  ...STORE.map((name) => `store/fl_${name}.c`),
  ...[...RUNTIME, 'upload', 'work'].map((name) => `runtime/fl_${name}.c`),
  ...['load_variables', 'read_variables', 'predict', 'sha256'].map((name) => `runtime/${name}.c`),
  ...['cbor', 'delta_coding', 'delta_model', 'link', 'messages', 'mqtt'].map((name) => `net/fl_${name}.c`),
  'test/perceptron/model.c',
  'test/fake_server.c',
];

const PROGRAMS = {
  mqtt_test: ['net/fl_mqtt.c', 'runtime/fl_bytes.c', 'runtime/fl_random.c', 'store/fl_nor.c'],
  store_test: [...STORE.map((name) => `store/fl_${name}.c`), 'runtime/fl_bytes.c'],
  capture_test: ['capture', 'capture_find', 'crc32', 'nor', 'samples'].map((name) => `store/fl_${name}.c`),
  device_capture_test: DEVICE,
  session_test: [
    ...['capture_find', 'crc32', 'nor', 'samples'].map((name) => `store/fl_${name}.c`),
    ...['guard', 'order'].map((name) => `runtime/fl_${name}.c`),
  ],
  device_fuzz: DEVICE,
  power_cut_test: DEVICE,
  upload_test: [
    ...['bytes', 'random', 'retry', 'upload'].map((name) => `runtime/fl_${name}.c`),
    ...['cbor', 'delta_coding', 'delta_model', 'messages'].map((name) => `net/fl_${name}.c`),
    'store/fl_nor.c',
    'runtime/sha256.c',
  ],
} as const;
/** Programs with a model of their own. */
const MODELS: Partial<Record<keyof typeof PROGRAMS, string>> = { upload_test: 'test/upload' };

describeC(`the runtime on this machine, under sanitizers${hasGcc ? '' : ' (skipped: no gcc)'}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-c-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function programOf(name: keyof typeof PROGRAMS): string {
    const program = join(folder, name);
    if (existsSync(program)) return program;
    const path = (file: string): string => join(testWorkshop.templates, file);
    const includes = [MODELS[name] ?? 'test/perceptron', ...INCLUDES];
    const sources = [`test/${name}.c`, 'test/test_hal.c', ...PROGRAMS[name]].map(path);
    execFileSync('gcc', [...FLAGS, ...includes.map((each) => `-I${path(each)}`), ...sources, '-o', program]);
    return program;
  }
  const run = (name: keyof typeof PROGRAMS, ...args: readonly string[]): string =>
    execFileSync(programOf(name), args, { encoding: 'utf8' });

  it('mqtt: keeps to the standard and survives mutated streams', () => expect(run('mqtt_test')).toBe(''));
  it('store: records survive a power cut at any byte of any flash operation', () =>
    expect(run('store_test')).toBe(''));
  it('capture: the newest items survive a power cut at any byte of any flash operation', () =>
    expect(run('capture_test')).toBe(''));
  it('capture: items are there for the next session, and stay under one', () =>
    expect(run('device_capture_test')).toBe(''));
  it('session: chance losses and orders are those of NUMERICS N9 and N11', () => {
    const expected = Array.from({ length: 4_096 }, (_, i) => Math.floor(65_536 * Math.log2(i + 1)));
    const order = Array.from({ length: 97 }, (_, i) => i);
    for (let pass = 0; pass < 3; pass++) {
      shufflePass(order, 305_419_896, pass);
      expected.push(...order);
    }
    const labels = order.map((_, i) => (i % 3 === 0 ? 250 : i % 29 === 1 ? 0 : 5));
    for (let pass = 0; pass < 3; pass++) expected.push(...balancedItems(labels, pass));
    expect(run('session_test').trim().split('\n').map(Number)).toEqual(expected);
  });
  it('device: 600 storms of damaged packets and power cuts later it still does its work', () => {
    for (const seed of ['1', '2', '3']) expect(run('device_fuzz', '200', seed)).toBe('');
  });
  it('power: cut after any slice of its work or in any flash operation, it uploads the same bytes', () =>
    expect(run('power_cut_test')).toBe(''));
  it('upload: a long delta goes slice by slice, whatever gets lost', () =>
    expect(run('upload_test')).toBe(''));
});
