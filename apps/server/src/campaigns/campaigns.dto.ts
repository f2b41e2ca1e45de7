import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import { type Publishing, PUBLISHINGS } from '#libs/fleet/campaign';
import {
  ITEM_ORDERS,
  type ItemOrder,
  MAX_LOSS,
  MAX_PASSES,
  SESSION_ENDS,
  type SessionEnd,
} from '#libs/fleet/protocol';
import { type ScheduleName, SCHEDULES } from '#libs/model/quant';

import { MeasureDto } from '../models/measure.dto';
import { ModelVersionDto } from '../models/models.dto';

const UINT32_MAX = 0xffff_ffff;
const WEEK_SECONDS = 7 * 24 * 3_600;
const SCHEDULE_NAMES = Object.keys(SCHEDULES);
const ORDER_NAMES = Object.keys(ITEM_ORDERS);

/** Losses as devices count them. */
const LOSS_UNIT =
  'in `measure.loss.perUnit`: of a classifier 1/65536 bit, of others 1/16 of a squared step of the output';

class CampaignSettingsDto {
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
    description: `a device ends after a pass with a smaller mean loss; ${LOSS_UNIT}`,
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
    description: `progress: a mean loss at least so much smaller than the smallest before; ${LOSS_UNIT}`,
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

export class CreateCampaignDto extends CampaignSettingsDto {
  @ApiPropertyOptional({
    enum: PUBLISHINGS,
    description:
      'which versions other campaigns start from: every one, or those better than what was published last, on the evaluation set, ' +
      'else on the devices; default: every where the measure is accuracy, better elsewhere',
  })
  @IsOptional()
  @IsIn(PUBLISHINGS)
  readonly publishing?: Publishing;
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
  @ApiProperty({ required: false, description: 'absent where the model tells no classes apart' })
  readonly rightBefore?: number;
  @ApiProperty({ required: false }) readonly rightAfter?: number;
  @ApiProperty({ required: false, description: `mean on the test set, ${LOSS_UNIT}` })
  readonly lossBefore?: number;
  @ApiProperty({ required: false }) readonly lossAfter?: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'value of the campaign’s measure, of the fetched version on the device’s own test items',
  })
  readonly scoreBefore!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'after own training' })
  readonly scoreAfter!: number | null;
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

export class CampaignDto extends CampaignSettingsDto {
  @ApiProperty({ enum: PUBLISHINGS }) readonly publishing!: Publishing;
  @ApiProperty({ description: 'what tells how good its versions are' }) readonly measure!: MeasureDto;
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

/** Values of the campaign’s measure. */
export class RoundScoreDto {
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
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'value of the campaign’s measure, on the device’s own test items',
  })
  readonly scoreBefore!: number | null;
  @ApiProperty({ type: [RoundScoreDto] }) readonly rounds!: readonly RoundScoreDto[];
  @ApiProperty({ type: Number, nullable: true }) readonly scorePersonalised!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly scoreFinalGlobal!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'the score, where the measure is accuracy' })
  readonly accuracyBefore!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly accuracyPersonalised!: number | null;
  @ApiProperty({ type: Number, nullable: true }) readonly accuracyFinalGlobal!: number | null;
  @ApiProperty() readonly bytesDown!: number;
  @ApiProperty() readonly bytesUp!: number;
  @ApiProperty() readonly state!: string;
  @ApiProperty({ type: String, nullable: true }) readonly reason!: string | null;
}
