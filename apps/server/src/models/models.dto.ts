import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

import { type Objective, OBJECTIVES } from '#libs/model/ir';

import { MeasureDto } from './measure.dto';

const MAX_NAME = 64;
/** 256 names of 64 characters and the commas between them. */
const MAX_LABELS = 256 * 65;
const UINT32_MAX = 0xffff_ffff;

export class RegisterModelQuery {
  @ApiProperty({ maxLength: MAX_NAME, example: 'kws-digits' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_NAME)
  @Matches(/^[\w .-]+$/, { message: 'name has letters, digits, spaces, ".", "_" and "-" only' })
  readonly name!: string;

  @ApiPropertyOptional({
    description: 'of a new head, 2..256; absent: as many as labels, or the head that the file has',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  readonly classes?: number;

  @ApiPropertyOptional({
    description: 'names of the classes, in order, separated by commas',
    example: 'on,off,other',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_LABELS)
  readonly labels?: string;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description:
      'true: the first classes are those that the file tells apart and keep their weights; default: false',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  readonly keep?: 'true' | 'false';

  @ApiPropertyOptional({
    enum: OBJECTIVES,
    description:
      'what it learns: to name a class, to give its input again, a number; default: what it looks like',
  })
  @IsOptional()
  @IsIn(OBJECTIVES)
  readonly objective?: Objective;

  @ApiPropertyOptional({ description: 'of the first weights of new classes, uint32; default: 1' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  readonly seed?: number;
}

export class ParametersQuery {
  @ApiPropertyOptional({ description: 'layout that a program was built for; absent: the first one' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(UINT32_MAX)
  readonly layout?: number;
}

export class JudgementDto {
  @ApiProperty({ enum: ['evaluationSet', 'devices'], description: 'on the devices: their own test items' })
  readonly on!: 'evaluationSet' | 'devices';
  @ApiProperty({ description: 'value of the measure of the version that was there before' })
  readonly before!: number;
  @ApiProperty() readonly after!: number;
}

export class ModelVersionDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly modelId!: string;
  @ApiProperty() readonly number!: number;
  @ApiProperty({ type: String, nullable: true }) readonly parentId!: string | null;
  @ApiProperty({ description: 'SHA-256 of the .tflite file' }) readonly fileDigest!: string;
  @ApiProperty() readonly createdAt!: Date;
  @ApiProperty({ type: Number, nullable: true, description: 'items of the evaluation set' })
  readonly evaluatedItems!: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'of them predicted rightly; null also of a model without classes',
  })
  readonly evaluatedRight!: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'value of the model’s measure on the evaluation set',
  })
  readonly score!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'the score, where the measure is accuracy' })
  readonly accuracy!: number | null;
  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'null: a candidate, which nothing starts from but the campaign that made it',
  })
  readonly publishedAt!: Date | null;
  @ApiProperty({
    type: JudgementDto,
    nullable: true,
    description: 'how it was compared with the version before; null: it was not',
  })
  readonly judgement!: JudgementDto | null;
}

export class EvaluationSetDto {
  @ApiProperty() readonly modelId!: string;
  @ApiProperty() readonly digest!: string;
  @ApiProperty() readonly items!: number;
  @ApiProperty() readonly createdAt!: Date;
}

export class ModelDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly name!: string;
  @ApiProperty({ description: 'bytes of one input' }) readonly inputBytes!: number;
  @ApiProperty({ type: Number, nullable: true }) readonly classes!: number | null;
  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'name of each class; null: they have only numbers',
  })
  readonly labels!: readonly string[] | null;
  @ApiProperty() readonly parameters!: number;
  @ApiProperty({ description: 'multiply-accumulates of one inference' }) readonly macs!: number;
  @ApiProperty({ enum: OBJECTIVES, description: 'what it learns' }) readonly objective!: Objective;
  @ApiProperty({ description: 'what tells how good its versions are' }) readonly measure!: MeasureDto;
  @ApiProperty({ type: String, nullable: true, description: 'why it cannot be trained; null: it can' })
  readonly notTrainable!: string | null;
  @ApiProperty() readonly createdAt!: Date;
  @ApiProperty({ description: 'the newest published version' }) readonly versionId!: string;
}

export class ModelDetailsDto extends ModelDto {
  @ApiProperty({ type: [ModelVersionDto] }) readonly versions!: readonly ModelVersionDto[];
  @ApiProperty({ type: EvaluationSetDto, nullable: true }) readonly evaluationSet!: EvaluationSetDto | null;
}
