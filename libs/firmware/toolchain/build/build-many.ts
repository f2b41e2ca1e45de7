import { digestOf } from '#libs/base/bytes';
import type { Result } from '#libs/base/result';
import type { Workshop } from '../workshop';
import { build, type Build, type BuildRequest } from './build';
import type { BuildFault } from './build-fault';
import { textDigest } from './text-digest';

/** Digests of requests; an image that many of them share is read once. */
class Configurations {
  private readonly images = new Map<Uint8Array, string>();

  private digestOfImage(image: Uint8Array | undefined): string {
    if (!image) return '';
    const digest = this.images.get(image) ?? digestOf(image);
    this.images.set(image, digest);
    return digest;
  }

  keyOf({ program, target, board, model, parameters, trace, sanitize }: BuildRequest): string {
    const files = model.files.flatMap(({ path, text }) => [path, text]);
    const choices = JSON.stringify([program, target, trace ?? false, sanitize ?? false, board, model.facts]);
    return textDigest(choices, this.digestOfImage(parameters), ...files);
  }
}

/**
 * Builds for many devices: requests that ask for the same program are answered by one build. Answers are in the order of
 * the requests.
 */
export async function buildMany(
  shop: Workshop,
  requests: readonly BuildRequest[],
): Promise<readonly Result<Build, BuildFault>[]> {
  const configurations = new Configurations();
  const builds = new Map<string, Result<Build, BuildFault>>();
  const answers: Result<Build, BuildFault>[] = [];
  for (const request of requests) {
    const key = configurations.keyOf(request);
    const answer = builds.get(key) ?? (await build(shop, request));
    builds.set(key, answer);
    answers.push(answer);
  }
  return answers;
}
