import { at, unwrap } from '#libs/base/result';
import { layersOf, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { createSession } from '#libs/model/reference';
import { runSession, sessionSchedule } from '#libs/model/session';
import { inferenceGraph } from '#libs/firmware/program';
import { patchTflite } from '#libs/model/tflite';
import { sessionLayout } from '#libs/firmware/codegen';
import { decodeDataset, item } from '#libs/model/dataset';
import { fileOf, waves } from '#test/support/number-models';
import { autoencoder, regressor } from '#test/support/trained-operators';
import { aggregate, deltaLayoutOf, MEAN, publish, startMaster } from './index';

const ALL = (layers: number) => ({
  name: 'all',
  biasLayers: layers,
  weightLayers: Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 })),
});

const SCHEDULE = sessionSchedule({ weights: 0.1, bias: 0.1, head: 0.1 }, 2 * 20);

describe('models that give numbers', () => {
  it.each([autoencoder(1), regressor(1)])(
    'have no head: $name is published in the scales that it had',
    (graph) => {
      const { parameters } = unwrap(startMaster(graph));
      expect(new Set(parameters.map(({ kind }) => kind))).toEqual(new Set(['weights', 'bias']));
      expect(parameters).toHaveLength(2 * layersOf(graph).length);
    },
  );

  it('are, of one contributor, exactly what it had after its session, in the file as well', () => {
    const file = fileOf(autoencoder(1));
    const graph = unwrap(inferenceGraph(file, 'autoencoder'));
    const dataset = unwrap(decodeDataset(waves(graph, { items: 30, adaptCount: 20, seed: 1 })));
    const rows = Array.from({ length: 30 }, (_, i) => ({ features: item(dataset, i), label: 0 }));
    const training = unwrap(trainingGraph(graph, ALL(3)));
    const learner = createSession(training);
    const work = { classes: 1, rows: { adapt: rows.slice(0, 20), test: rows.slice(20) } };
    const record = runSession(learner, { ...work, plan: { seed: 1, passes: 2, schedule: SCHEDULE } });
    expect(record.kept).toBe(true);

    const layout = deltaLayoutOf(sessionLayout(training).scheme, training);
    const before = unwrap(startMaster(graph));
    const contribution = { deviceId: 'a', sampleCount: 20, layout, raw: record.delta };
    const { master: after } = unwrap(aggregate(before, [contribution], MEAN));
    const { patches } = publish({ graph, before, after });
    expect(patches.every(({ scales }) => scales === undefined)).toBe(true);
    const next = unwrap(inferenceGraph(unwrap(patchTflite(file, patches)), 'next'));
    const again = createSession(unwrap(trainingGraph(next, ALL(3))));
    for (const { features } of rows.slice(20)) {
      learner.forward(features);
      again.forward(features);
      expect(again.output()).toEqual(learner.output());
    }
    const output = at(next.outputs, 0);
    expect(tensorOf(next, output).quantization).toEqual(tensorOf(graph, at(graph.outputs, 0)).quantization);
  });
});
