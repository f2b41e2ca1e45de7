import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Min } from 'class-validator';

import { PageQuery } from '../http/paging';

export class TelemetryQuery extends PageQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  readonly deviceId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  readonly executionId?: number;
}

export class TelemetryDto {
  @ApiProperty() readonly deviceId!: string;
  @ApiProperty() readonly executionId!: number;
  @ApiProperty() readonly attempt!: number;
  @ApiProperty({ enum: ['fetching', 'evaluatingBefore', 'training', 'evaluatingAfter', 'uploading'] })
  readonly phase!: string;
  @ApiProperty() readonly pass!: number;
  @ApiProperty() readonly done!: number;
  @ApiProperty() readonly total!: number;
  @ApiProperty({ description: 'mean so far, in `measure.loss.perUnit` of the campaign' })
  readonly loss!: number;
  @ApiProperty({ description: 'predicted rightly; 0 where the model tells no classes apart' })
  readonly right!: number;
  @ApiProperty() readonly peakSramBytes!: number;
  @ApiProperty() readonly peakStackBytes!: number;
  @ApiProperty() readonly at!: Date;
}

export class TelemetryPageDto {
  @ApiProperty({ type: [TelemetryDto] }) readonly items!: readonly TelemetryDto[];
  @ApiProperty() readonly total!: number;
}
