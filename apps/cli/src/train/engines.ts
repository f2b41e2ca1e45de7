import { err, fault, ok } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { PlannedStep } from '#libs/firmware/program';
import { build, sessionEngine, type TargetName } from '#libs/firmware/toolchain';
import { createSession, featureMaker } from '#libs/model/reference';
import { runSession, type SessionRow, type SessionRows } from '#libs/model/session';
import type { Measured, TrainEngine } from './train-request';

/** The oracle, in this process. */
export const referenceTraining: TrainEngine = async ({ step, classes, rows, plan }, watch) => {
  const work = { classes, rows: inputsOf(step, rows), plan };
  return Promise.resolve(ok({ record: runSession(createSession(step.training), work, watch) }));
};

/** The rows, or what the prefix of the step makes of them. */
function inputsOf({ prefix }: PlannedStep, rows: SessionRows): SessionRows {
  if (!prefix) return rows;
  const featuresOf = featureMaker(prefix.graph);
  const made = ({ features, label }: SessionRow): SessionRow => ({ features: featuresOf(features), label });
  return { adapt: rows.adapt.map(made), test: rows.test.map(made) };
}

/** Generated C around the session of the device program. */
export const generatedTraining =
  (target: TargetName, board: Board): TrainEngine =>
  async ({ shop, model, parameters, rows, plan, sramBytes }, watch) => {
    const built = await build(shop, { program: 'session', target, board, model, parameters });
    if (!built.ok) return built;
    const { footprint } = built.value;
    const ramBytes =
      footprint.staticRamBytes + footprint.stackBytes + lentBytes(rows.adapt.length, plan.passes);
    if (target === 'arm' && sramBytes !== undefined && ramBytes > sramBytes)
      return err(
        fault(
          'train.does-not-fit',
          `the linked session takes ${ramBytes} bytes of SRAM, ${ramBytes - sramBytes} more than the ${sramBytes} there are`,
        ),
      );
    const engine = sessionEngine(shop, built.value);
    const counted = await engine.instructionsPerStep({ plan, rows });
    if (!counted.ok) return counted;
    const result = await engine.run({ plan, rows }, watch);
    if (!result.ok) return result;
    const { arenaPeakBytes, stackBytes, ...record } = result.value;
    const measured: Measured = {
      arenaBytes: arenaPeakBytes,
      ...(target === 'arm' && {
        linked: {
          staticRamBytes: footprint.staticRamBytes + lentBytes(rows.adapt.length, plan.passes),
          flashBytes: footprint.flashBytes,
          stack: { boundBytes: footprint.stackBytes, measuredBytes: stackBytes },
          ...(counted.value !== undefined && { instructionsPerStep: counted.value }),
        },
      }),
    };
    return ok({ record, measured });
  };

/** RAM that a device lends its session: the order of the rows, and the losses of the passes. */
export const lentBytes = (adaptRows: number, passes: number): number => 2 * adaptRows + 4 * passes;
