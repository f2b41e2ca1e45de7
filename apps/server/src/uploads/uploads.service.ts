import { Injectable } from '@nestjs/common';

import { fromHex, toHex } from '#libs/base/bytes';
import { invariant, unreachable } from '#libs/base/result';
import { acceptDelta, checkDeltaHeader, type DeltaExpectation, type DeltaHeader } from '#libs/fleet/delta';
import {
  type Ack,
  type DeltaPiece,
  type DeviceAddress,
  type EvaluatedResult,
  type SessionResult,
  Status,
  type TrainedResult,
} from '#libs/fleet/protocol';

import { BuildsRepository } from '../builds/builds.repository';
import { isGoing } from '../campaigns/execution-state';
import { ExecutionsRepository, type OrderedExecution } from '../campaigns/executions.repository';
import { Database } from '../database/database';
import { BlobStore } from '../storage/blob-store';
import { type About, asBefore, goOn, over } from './answers';
import { DeltaSpool } from './delta-spool';
import { Endings } from './endings';
import { measurementsOf } from './measurements';

/**
 * Takes results and deltas (PROTOCOL.md, "Uploading"). A result is judged before any byte of its delta is taken; every
 * message may come twice: what is over is answered as it was answered first.
 */
@Injectable()
export class UploadsService {
  constructor(
    private readonly database: Database,
    private readonly executions: ExecutionsRepository,
    private readonly builds: BuildsRepository,
    private readonly endings: Endings,
    private readonly spool: DeltaSpool,
    private readonly blobs: BlobStore,
  ) {}

  async result(from: DeviceAddress, result: SessionResult): Promise<Ack> {
    const execution = await this.executionOf(from, result);
    if (!execution) return over(result, Status.unknownExecution);
    if (!isGoing(execution.state)) return asBefore(execution);
    switch (result.kind) {
      case 'trained':
        return this.trained(execution, result);
      case 'evaluated':
        return this.evaluated(execution, result);
      case 'failed':
        return this.endings.failed(execution, result);
      default:
        return unreachable(result);
    }
  }

  async piece(from: DeviceAddress, piece: DeltaPiece): Promise<Ack> {
    const execution = await this.executionOf(from, piece);
    if (!execution) return over(piece, Status.unknownExecution);
    if (!isGoing(execution.state)) return asBefore(execution);
    const { upload } = execution;
    // Without a result there is nothing to hold the bytes against: the device repeats its result.
    if (!upload) return goOn(piece, 0);
    const have = await this.spool.size(execution.id);
    // Pieces come in order; another offset is a repetition, or follows one that got lost.
    if (piece.offset !== have) return goOn(piece, have);
    if (have + piece.bytes.length > upload.bytes) {
      return this.endings.refused(
        execution,
        'wrongSize',
        `more than the ${upload.bytes} bytes that were announced`,
      );
    }
    const size = await this.spool.append(execution.id, piece.bytes);
    return size < upload.bytes ? goOn(piece, size) : this.complete(execution, upload);
  }

  private async executionOf(
    { device }: DeviceAddress,
    { execution: id, attempt }: About,
  ): Promise<OrderedExecution | undefined> {
    const execution = await this.executions.find(id);
    return execution?.deviceId === device && execution.attempt === attempt ? execution : undefined;
  }

  private async trained(execution: OrderedExecution, result: TrainedResult): Promise<Ack> {
    if (execution.round.kind !== 'train')
      return this.endings.refused(execution, 'malformed', 'trained, but was to evaluate');
    const judged = checkDeltaHeader(result, await this.expectation(execution));
    if (!judged.ok) return this.endings.refused(execution, judged.error.status, judged.error.message);
    const digest = toHex(result.deltaDigest);
    // A device that was cut off trains again and uploads the same bytes; another digest is another delta, from its start.
    if (execution.upload?.digest !== digest) {
      await this.spool.remove(execution.id);
      const upload = { digest, bytes: result.deltaBytes };
      const measured = measurementsOf(result, await this.executions.measureOf(execution));
      await this.database.inTransaction((transaction) =>
        this.executions.announceUpload(transaction, execution.id, upload, measured),
      );
    }
    const have = await this.spool.size(execution.id);
    // All bytes came before the server died: nothing more will come to end the upload.
    return have < result.deltaBytes ? goOn(result, have) : this.complete(execution, { digest, bytes: have });
  }

  private async evaluated(execution: OrderedExecution, result: EvaluatedResult): Promise<Ack> {
    if (execution.round.kind !== 'evaluate')
      return this.endings.refused(execution, 'malformed', 'evaluated, but was to train');
    const { baseDigest } = await this.expectation(execution);
    if (toHex(result.baseDigest) === toHex(baseDigest)) return this.endings.evaluated(execution, result);
    return this.endings.refused(execution, 'wrongBase', 'evaluated other parameters than the job gave');
  }

  /** All bytes are there. */
  private async complete(
    execution: OrderedExecution,
    upload: NonNullable<OrderedExecution['upload']>,
  ): Promise<Ack> {
    const expected = await this.expectation(execution);
    const encoded = await this.spool.read(execution.id);
    const accepted = acceptDelta(headerOf(expected, upload), expected, encoded);
    if (!accepted.ok) return this.endings.refused(execution, accepted.error.status, accepted.error.message);
    const digest = await this.blobs.put(accepted.value);
    const { schemeId: scheme } = expected.layout;
    const sizes = { sizeBytes: accepted.value.length, encodedBytes: encoded.length };
    return this.endings.stored(execution, { scheme, digest, ...sizes });
  }

  /** What a delta of this execution must be. */
  private async expectation({ id, artifact, device }: OrderedExecution): Promise<DeltaExpectation> {
    const build = device.buildId === null ? undefined : await this.builds.find(device.buildId);
    const baseDigest = fromHex(artifact.digest);
    invariant(build && baseDigest, `execution ${id} has a build and an artifact`);
    return { baseDigest, layout: build.deltaLayout };
  }
}

/** The header as it was judged when it came. */
function headerOf(
  { baseDigest, layout }: DeltaExpectation,
  { digest, bytes }: { digest: string; bytes: number },
): DeltaHeader {
  const deltaDigest = fromHex(digest);
  invariant(deltaDigest, 'a digest that was kept is hexadecimal');
  return { baseDigest, scheme: layout.schemeId, deltaBytes: bytes, deltaDigest };
}
