import { grouped } from '#libs/base/table';
import { featureBytesOf, layersIn, type PlannedPrefix } from '#libs/firmware/program';
import { graphMacs } from '#libs/model/ir';

/** What a session computes once a sample instead of in every step. */
export const prefixFacts = ({ graph }: PlannedPrefix) => ({
  layers: layersIn(graph),
  /** Kept beside the sample. */
  featureBytes: featureBytesOf(graph),
  macs: graphMacs(graph),
});

/** The same as one line. */
export function prefixText(prefix: PlannedPrefix): string {
  const { layers, featureBytes, macs } = prefixFacts(prefix);
  const { peakBytes } = prefix.plan;
  return (
    `once a sample: ${layers} layers, ${grouped(macs)} multiply-accumulates, in ${grouped(peakBytes)} bytes before the step; ` +
    `${grouped(featureBytes)} bytes are kept beside the sample`
  );
}
