import { resolve } from 'node:path';
import { err, fault, ok, type Result } from '#libs/base/result';
import { BEHAVIOUR_NAMES } from '../behaviours';
import type { DeviceDescription, FleetDescription, SampleSource } from './fleet-description';
import { BadDescription, JsonFields } from './json-fields';

const DEFAULT_SLOT_BYTES = 256 * 1024;
/** A name becomes a folder and a label of at most 32 bytes. */
const NAME = /^[\w-]{1,32}$/;

function readSamples(device: JsonFields, base: string): SampleSource {
  if (device.isText('samples')) return { kind: 'file', path: resolve(base, device.text('samples')) };
  const source = device.object('samples');
  return {
    kind: 'fsdd',
    folder: resolve(base, source.text('fsdd')),
    speaker: source.text('speaker'),
    split: source.has('split') ? source.count('split') : 0,
  };
}

const readDevice = (device: JsonFields, base: string): DeviceDescription => ({
  name: device.text('name', NAME),
  board: device.text('board', /^[a-z0-9-]+$/),
  sramBytes: device.count('sramBytes'),
  ...(device.has('flashBytes') ? { flashBytes: device.count('flashBytes') } : {}),
  samples: readSamples(device, base),
  ...(device.has('behaviour') ? { behaviour: device.choice('behaviour', BEHAVIOUR_NAMES) } : {}),
});

function read(json: unknown, base: string): FleetDescription {
  const fleet = JsonFields.of(json, 'fleet');
  const broker = fleet.object('broker');
  const input = fleet.object('input');
  const devices = fleet.list('devices').map((device) => readDevice(device, base));
  const names = devices.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new BadDescription(`fleet.devices has two called ${twice}`);
  return {
    server: fleet.text('server', /^https?:\/\//).replace(/\/$/, ''),
    broker: { host: broker.text('host'), port: broker.count('port') },
    enrolmentToken: fleet.text('enrolmentToken'),
    folder: resolve(base, fleet.text('folder')),
    seed: fleet.has('seed') ? fleet.text('seed') : '',
    slotBytes: fleet.has('slotBytes') ? fleet.count('slotBytes') : DEFAULT_SLOT_BYTES,
    input: { scale: input.number('scale'), zeroPoint: input.number('zeroPoint') },
    devices,
  };
}

/** A fleet from the parsed JSON of its description. @param base folder that its paths are relative to */
export function parseDescription(json: unknown, base: string): Result<FleetDescription> {
  try {
    return ok(read(json, base));
  } catch (error) {
    if (error instanceof BadDescription) return err(fault('fleet.bad-description', error.message));
    throw error;
  }
}
