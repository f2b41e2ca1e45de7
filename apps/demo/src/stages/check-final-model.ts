import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Household } from '../households/household';
import { compileForEvaluation, rightOn } from '../evaluation/evaluate-file';
import type { DeviceReport } from '../report/device-report';
import { DemoError } from '../demo-error';
import type { World } from '../run';

const FILE = 'kws-digits-final.tflite';

/**
 * Downloads the fleet's last model version as a .tflite file, reads it back, tests it on the recordings of every device,
 * and compares: the file must be as good as the devices said the version was.
 */
export async function checkFinalModel(
  { api, progress, folder }: World,
  modelId: string,
  {
    households,
    report,
  }: { readonly households: readonly Household[]; readonly report: readonly DeviceReport[] },
): Promise<void> {
  const last = (await api.versions(modelId)).at(-1);
  if (!last) throw new DemoError('The model has no version.');
  const file = await api.versionFile(last.id);
  const path = join(folder, FILE);
  await writeFile(path, file);
  progress.line(`version ${last.number} downloaded: ${path}`);

  const evaluator = await compileForEvaluation(file);
  const different: string[] = [];
  const compared = households.filter(({ fits }) => fits);
  for (const { name, recordings } of compared) {
    const { right, items } = rightOn(evaluator, recordings);
    const reported = report.find((device) => device.name === name)?.accuracyGlobal;
    if (reported === undefined || Math.round(reported * items) !== right) {
      different.push(`${name}: ${right} of ${items} here, the device said ${reported ?? 'nothing'}`);
    }
  }
  if (different.length > 0)
    throw new DemoError(`The downloaded file differs from what devices ran: ${different.join('; ')}.`);
  progress.line(
    `check: the downloaded file is right on exactly as many test recordings as each of ${compared.length} devices reported`,
  );
}
