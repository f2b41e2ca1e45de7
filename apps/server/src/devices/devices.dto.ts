import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString } from 'class-validator';

import { PageQuery } from '../http/paging';
import { DEVICE_STATES, type DeviceState } from './device-state';

export class DevicesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'only the devices of this fleet' })
  @IsOptional()
  @IsString()
  readonly fleet?: string;
}

export const IMAGE_FORMATS = ['elf', 'wasm'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export class ImageQuery {
  @ApiPropertyOptional({ enum: IMAGE_FORMATS, default: 'elf' })
  @IsOptional()
  @IsIn(IMAGE_FORMATS)
  readonly format: ImageFormat = 'elf';
}

export class EnrolImageQuery extends ImageQuery {
  @ApiProperty({ example: 'mps2-an386' })
  @IsString()
  @IsNotEmpty()
  readonly board!: string;
}

export class BuildDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty({ description: 'layout of the parameter image' }) readonly layout!: number;
  @ApiProperty({ description: 'what is trained, as on the wire' }) readonly scheme!: number;
  @ApiProperty({ description: 'what is trained, by name' }) readonly schemeName!: string;
  @ApiProperty({ description: 'the plan: arena, static data and stack' }) readonly plannedPeakBytes!: number;
  @ApiProperty({ description: 'the linked program: .data + .bss + stack' }) readonly elfPeakBytes!: number;
  @ApiProperty() readonly elfFlashBytes!: number;
  @ApiProperty() readonly createdAt!: Date;
}

export class DeviceDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly fleetId!: string;
  @ApiProperty() readonly uid!: string;
  @ApiProperty({ type: String, nullable: true }) readonly label!: string | null;
  @ApiProperty() readonly board!: string;
  @ApiProperty() readonly core!: string;
  @ApiProperty() readonly sramBytes!: number;
  @ApiProperty() readonly flashBytes!: number;
  @ApiProperty({ enum: DEVICE_STATES }) readonly state!: DeviceState;
  @ApiProperty({ type: String, nullable: true, description: 'why it is refused or failed' })
  readonly reason!: string | null;
  @ApiProperty({ description: 'has a connection now' }) readonly isOnline!: boolean;
  @ApiProperty({ description: 'runs the program that was built for it' }) readonly isProgrammed!: boolean;
  @ApiProperty({ type: Date, nullable: true }) readonly lastSeenAt!: Date | null;
  @ApiProperty({ type: Number, nullable: true, description: 'starts that it counted' }) readonly boots!:
    number | null;
  @ApiProperty() readonly enrolledAt!: Date;
  @ApiProperty({ type: BuildDto, nullable: true }) readonly build!: BuildDto | null;
}

export class DevicesPageDto {
  @ApiProperty({ type: [DeviceDto] }) readonly items!: readonly DeviceDto[];
  @ApiProperty() readonly total!: number;
}
