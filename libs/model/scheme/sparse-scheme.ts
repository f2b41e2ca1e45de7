import { err, ok, type Result } from '#libs/base/result';
import { type LayerRatio, type SchemeFault, schemeFault, type TrainingScheme } from '#libs/model/passes';

/**
 * A scheme in the encoding of the field (MCUNetV3, arXiv 2206.15472): biases of the last `biasLayers` convolutions, of
 * `weightLayers` (numbers of N8, ascending) the weights of a fraction of their input channels, and always the head.
 */
export type SparseScheme = TrainingScheme;

/** What a scheme is called whose file has no name for it. */
const DEFAULT_NAME = 'own';
/** `id`, `trained` and `accounting` stand beside a scheme in reports: they follow from it, and are not read. */
const SCHEME_KEYS = ['name', 'biasLayers', 'weightLayers', 'id', 'trained', 'accounting'];
const LAYER_KEYS = ['layer', 'ratio'];
const LONGEST_NAME = 64;
const MOST_LAYERS = 1024;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_LAYERS;

const invalid = (message: string): { readonly ok: false; readonly error: SchemeFault } =>
  err(schemeFault('scheme.invalid', message));

/** A word that is not read is most likely one misspelt. */
function unknownKey(
  what: string,
  json: Readonly<Record<string, unknown>>,
  known: readonly string[],
): SchemeFault | undefined {
  const key = Object.keys(json).find((each) => !known.includes(each));
  if (key === undefined) return undefined;
  const named = JSON.stringify(key.slice(0, LONGEST_NAME));
  return schemeFault('scheme.unknown-key', `${what} has no ${named}; there are: ${known.join(', ')}`);
}

function parseWeightLayer(value: unknown): Result<LayerRatio, SchemeFault> {
  if (!isRecord(value)) return invalid('a weight layer is a JSON object');
  const unknown = unknownKey('a weight layer', value, LAYER_KEYS);
  if (unknown) return err(unknown);
  const { layer, ratio } = value;
  if (!isCount(layer)) return invalid('a weight layer needs its number `layer`');
  if (typeof ratio !== 'number' || !(ratio > 0 && ratio <= 1))
    return invalid(`layer ${layer}: ratio is ${String(ratio)}; more than 0 and at most 1 can be trained`);
  return ok({ layer, ratio });
}

function parseWeightLayers(value: unknown): Result<readonly LayerRatio[], SchemeFault> {
  if (!Array.isArray(value) || value.length > MOST_LAYERS)
    return invalid('`weightLayers` is no list of layers');
  const layers: LayerRatio[] = [];
  for (const entry of value) {
    const layer = parseWeightLayer(entry);
    if (!layer.ok) return layer;
    layers.push(layer.value);
  }
  layers.sort((a, b) => a.layer - b.layer);
  const twice = layers.find(({ layer }, i) => layer === layers[i + 1]?.layer);
  return twice ? invalid(`layer ${twice.layer} is listed twice`) : ok(layers);
}

/**
 * A scheme from parsed JSON that nobody has checked. Whether its layers exist is for the graph to say (`trainingGraph`).
 * Without a name it is called `own`. Refused: `scheme.invalid`, `scheme.unknown-key`.
 * @param json `{"name": "sparse-b4", "biasLayers": 9, "weightLayers": [{"layer": 9, "ratio": 1}]}`
 */
export function parseScheme(json: unknown): Result<SparseScheme, SchemeFault> {
  if (!isRecord(json)) return invalid('a scheme is a JSON object');
  const unknown = unknownKey('a scheme', json, SCHEME_KEYS);
  if (unknown) return err(unknown);
  const { name = DEFAULT_NAME, biasLayers } = json;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) {
    return invalid(`\`name\` needs 1 to ${LONGEST_NAME} characters`);
  }
  if (!isCount(biasLayers)) return invalid(`\`biasLayers\` is no number from 0 to ${MOST_LAYERS}`);
  const weightLayers = parseWeightLayers(json['weightLayers']);
  return weightLayers.ok ? ok({ name, biasLayers, weightLayers: weightLayers.value }) : weightLayers;
}

/** The scheme as JSON text, always the same for the same scheme. */
export function schemeToJson({ name, biasLayers, weightLayers }: SparseScheme): string {
  const sorted = weightLayers.map(({ layer, ratio }) => ({ layer, ratio })).sort((a, b) => a.layer - b.layer);
  return JSON.stringify({ name, biasLayers, weightLayers: sorted });
}
