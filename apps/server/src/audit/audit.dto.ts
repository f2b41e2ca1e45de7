import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

import { PageQuery } from '../http/paging';

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'mqtt.publish-refused' })
  @IsOptional()
  @IsString()
  readonly code?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  readonly subject?: string;
}

export class AuditEventDto {
  @ApiProperty() readonly id!: number;
  @ApiProperty({ example: 'mqtt.publish-refused' }) readonly code!: string;
  @ApiProperty() readonly subject!: string;
  @ApiProperty() readonly message!: string;
  @ApiProperty({ description: 'times within the minute' }) readonly count!: number;
  @ApiProperty() readonly firstAt!: Date;
  @ApiProperty() readonly lastAt!: Date;
}

export class AuditPageDto {
  @ApiProperty({ type: [AuditEventDto] }) readonly items!: readonly AuditEventDto[];
  @ApiProperty() readonly total!: number;
}
