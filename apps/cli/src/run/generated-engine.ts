import { at, err, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { build, type Build, openEngine, type TargetName, timeInference } from '#libs/firmware/toolchain';
import { type Graph, tensorBytes, tensorOf } from '#libs/model/ir';
import { doesNotFit, withinBudget } from './budget';
import { callValues } from './call-values';
import type { RunEngine, RunRequest, TensorValues } from './run-request';

export interface Place {
  readonly target: TargetName;
  readonly board: Board;
}

/** Generated C, linked with its parameters, and run. */
export const generatedEngine =
  (place: Place): RunEngine =>
  async (request) => {
    const { shop, program, sramBytes } = request;
    const built = await buildInference(request, place, false);
    if (!built.ok) return built;
    const { footprint } = built.value;
    const arenaBytes = program.plan.peakBytes;
    const fits = withinBudget(program, { ...footprint, arenaBytes }, sramBytes);
    if (!fits.ok) return fits;
    const engine = openEngine(shop, built.value);
    const input = Buffer.concat(request.inputs);
    const result = await engine.forward({ inputs: [input] });
    if (!result.ok) return result;
    const layers = request.wantsLayers ? await layersOf(request, place) : ok(undefined);
    if (!layers.ok) return layers;
    const { instructions } = result.value;
    const nsPerInference = place.target === 'arm' ? undefined : await timeInference(engine, input);
    return ok({
      outputs: splitOutputs(program.inference, at(result.value.outputs, 0)),
      linked: {
        ...footprint,
        ...(instructions !== undefined && { instructions }),
        ...(nsPerInference !== undefined && { nsPerInference }),
      },
      layers: layers.value,
    });
  };

async function buildInference(
  { shop, program }: RunRequest,
  place: Place,
  trace: boolean,
): Promise<Result<Build>> {
  const { model, parameters } = program;
  const built = await build(shop, { program: 'inference', ...place, model, parameters, trace });
  return built.ok || built.error.code !== 'build.does-not-fit'
    ? built
    : err(doesNotFit(`${program.inference.name}: ${built.error.message}`));
}

/** What every call wrote, from a build that shows it. */
async function layersOf(request: RunRequest, place: Place): Promise<Result<TensorValues>> {
  const built = await buildInference(request, place, true);
  if (!built.ok) return built;
  const result = await openEngine(request.shop, built.value).forward({
    inputs: [Buffer.concat(request.inputs)],
  });
  if (!result.ok) return result;
  return ok(callValues(request, result.value.layers ?? []));
}

/** Outputs lie one after the other. */
function splitOutputs(inference: Graph, bytes: Uint8Array): readonly Uint8Array[] {
  let offset = 0;
  return inference.outputs.map((id) => {
    const length = tensorBytes(tensorOf(inference, id));
    offset += length;
    return bytes.slice(offset - length, offset);
  });
}
