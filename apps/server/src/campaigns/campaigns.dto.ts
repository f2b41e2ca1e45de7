import { ApiProperty } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsPositive,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import {
  ITEM_ORDERS,
  type ItemOrder,
  MAX_LOSS,
  MAX_PASSES,
  SESSION_ENDS,
  type SessionEnd,
} from '#libs/fleet/protocol';
import { type ScheduleName, SCHEDULES } from '#libs/model/quant';

import { ModelVersionDto } from '../models/models.dto';

const UINT32_MAX = 0xffff_ffff;
const WEEK_SECONDS = 7 * 24 * 3_600;
const SCHEDULE_NAMES = Object.keys(SCHEDULES);
const ORDER_NAMES = Object.keys(ITEM_ORDERS);

export class CreateCampaignDto {
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  readonly fleetId!: string;

  @ApiProperty({ maxLength: 80 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(80)
  readonly name!: string;

  @ApiProperty({ minimum: 1, maximum: 1_000 })
  @IsInt()
  @Min(1)
  @Max(1_000)
  readonly rounds!: number;

  @ApiProperty({
    minimum: 1,
    maximum: MAX_PASSES,
    description: 'passes of a device over its items, each round',
  })
  @IsInt()
  @Min(1)
  @Max(MAX_PASSES)
  readonly passes!: number;

  @ApiProperty({ example: 0.0075 })
  @IsNumber()
  @IsPositive()
  @Max(16)
  readonly learningRate!: number;

  @ApiProperty({ enum: SCHEDULE_NAMES, default: 'constant', description: 'of the rate, after the warm-up' })
  @IsIn(SCHEDULE_NAMES)
  readonly schedule: ScheduleName = 'constant';

  @ApiProperty({
    enum: ORDER_NAMES,
    default: 'shuffled',
    description: 'a pass meets every item once, or every class as often as any other',
  })
  @IsIn(ORDER_NAMES)
  readonly itemOrder: ItemOrder = 'shuffled';

  @ApiProperty({
    minimum: 0,
    maximum: MAX_LOSS,
    default: 0,
    description: 'a device ends after a pass with a smaller mean loss, 1/65536 bit',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_LOSS)
  readonly stopBelowLoss: number = 0;

  @ApiProperty({
    minimum: 0,
    maximum: MAX_PASSES,
    default: 0,
    description: 'a device ends after so many passes in a row without progress; 0: never',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_PASSES)
  readonly stopPatience: number = 0;

  @ApiProperty({
    minimum: 0,
    maximum: MAX_LOSS,
    default: 0,
    description: 'progress: a mean loss at least so much smaller than the smallest before, 1/65536 bit',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_LOSS)
  readonly stopLeastFall: number = 0;

  @ApiProperty({ minimum: 0, maximum: UINT32_MAX })
  @IsInt()
  @Min(0)
  @Max(UINT32_MAX)
  readonly seed!: number;

  @ApiProperty({ minimum: 1, description: 'deltas that a round needs to make a version' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly quorum!: number;

  @ApiProperty({ minimum: 1, maximum: WEEK_SECONDS })
  @IsInt()
  @Min(1)
  @Max(WEEK_SECONDS)
  readonly roundDeadlineSeconds!: number;
}

export class ExecutionDto {
  @ApiProperty() readonly id!: number;
  @ApiProperty() readonly deviceId!: string;
  @ApiProperty() readonly attempt!: number;
  @ApiProperty({ enum: ['open', 'uploading', 'stored', 'evaluated', 'failed', 'refused', 'closed'] })
  readonly state!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'status code of a failure or refusal' })
  readonly status!: number | null;
  @ApiProperty({ type: String, nullable: true }) readonly reason!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'what the device last said it was doing' })
  readonly phase!: string | null;
  @ApiProperty({ required: false }) readonly testItems?: number;
  @ApiProperty({ required: false }) readonly rightBefore?: number;
  @ApiProperty({ required: false }) readonly rightAfter?: number;
  @ApiProperty({ required: false, description: 'mean on the test set, 1/65536 bit' })
  readonly lossBefore?: number;
  @ApiProperty({ required: false }) readonly lossAfter?: number;
  @ApiProperty({ required: false }) readonly learnedItems?: number;
  @ApiProperty({ required: false }) readonly steps?: number;
  @ApiProperty({ required: false, type: [Number] }) readonly passLosses?: readonly number[];
  @ApiProperty({ required: false }) readonly guardRestarts?: number;
  @ApiProperty({
    required: false,
    enum: Object.keys(SESSION_ENDS),
    description: 'why no further pass was made',
  })
  readonly sessionEnd?: SessionEnd;
  @ApiProperty({ required: false, description: 'weights that came to the end of their range' })
  readonly saturatedWeights?: number;
  @ApiProperty({ required: false }) readonly saturatedHeadWeights?: number;
  @ApiProperty({ required: false }) readonly saturatedBiases?: number;
  @ApiProperty({ required: false }) readonly peakSramBytes?: number;
  @ApiProperty({ required: false }) readonly peakStackBytes?: number;
  @ApiProperty({ required: false }) readonly receivedBytes?: number;
  @ApiProperty({ required: false }) readonly sentBytes?: number;
  @ApiProperty() readonly createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true }) readonly endedAt!: Date | null;
}

export class RoundDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty({ description: 'from 1; the final evaluation follows the last training round' })
  readonly number!: number;
  @ApiProperty({ enum: ['train', 'evaluate'] }) readonly kind!: string;
  @ApiProperty({ enum: ['open', 'aggregating', 'committed', 'abandoned'] }) readonly state!: string;
  @ApiProperty({ type: String, nullable: true }) readonly reason!: string | null;
  @ApiProperty() readonly baseVersionId!: string;
  @ApiProperty() readonly openedAt!: Date;
  @ApiProperty() readonly deadlineAt!: Date;
  @ApiProperty({ type: Date, nullable: true }) readonly closedAt!: Date | null;
  @ApiProperty({ type: ModelVersionDto, nullable: true, description: 'the version that the round made' })
  readonly result!: ModelVersionDto | null;
  @ApiProperty({ type: [ExecutionDto] }) readonly executions!: readonly ExecutionDto[];
}

export class CampaignDto extends CreateCampaignDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly baseVersionId!: string;
  @ApiProperty({
    enum: ['draft', 'running', 'evaluating', 'completed', 'completedWithFailures', 'failed', 'aborted'],
  })
  readonly state!: string;
  @ApiProperty({ type: String, nullable: true }) readonly reason!: string | null;
  @ApiProperty({ type: [String], description: 'devices that take part; fixed at the start' })
  readonly participants!: readonly string[];
  @ApiProperty({ description: 'rounds that made a version' }) readonly committedRounds!: number;
  @ApiProperty() readonly createdAt!: Date;
  @ApiProperty({ type: Date, nullable: true }) readonly startedAt!: Date | null;
  @ApiProperty({ type: Date, nullable: true }) readonly endedAt!: Date | null;
}

export class CampaignDetailsDto extends CampaignDto {
  @ApiProperty({ type: [RoundDto] }) readonly roundDetails!: readonly RoundDto[];
}

export class RoundAccuracyDto {
  @ApiProperty() readonly round!: number;
  @ApiProperty({ type: Number, nullable: true }) readonly before!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly after!: number | null;
}

export class ReportRowDto {
  @ApiProperty() readonly deviceId!: string;
  @ApiProperty({ type: String, nullable: true }) readonly label!: string | null;
  @ApiProperty() readonly board!: string;
  @ApiProperty() readonly sramBytes!: number;
  @ApiProperty({ type: Number, nullable: true }) readonly plannedPeakBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly elfPeakBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly measuredPeakBytes!: number | null;
  @ApiProperty({ type: String, nullable: true }) readonly scheme!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: '0..1, on the device’s own test items' })
  readonly accuracyBefore!: number | null;
  @ApiProperty({ type: [RoundAccuracyDto] }) readonly rounds!: readonly RoundAccuracyDto[];
  @ApiProperty({ type: Number, nullable: true }) readonly accuracyPersonalised!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly accuracyFinalGlobal!: number | null;
  @ApiProperty() readonly bytesDown!: number;
  @ApiProperty() readonly bytesUp!: number;
  @ApiProperty() readonly state!: string;
  @ApiProperty({ type: String, nullable: true }) readonly reason!: string | null;
}
