import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';

const MAX_NAME = 80;
const YEAR_SECONDS = 366 * 24 * 3_600;

export class CreateFleetDto {
  @ApiProperty({ maxLength: MAX_NAME, example: 'kitchens' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_NAME)
  readonly name!: string;
}

export class AssignModelDto {
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  readonly modelId!: string;
}

export class CreateTokenDto {
  @ApiProperty({ description: 'devices that may enrol with it', minimum: 1, maximum: 100_000 })
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly quota!: number;

  @ApiProperty({ minimum: 1, maximum: YEAR_SECONDS })
  @IsInt()
  @Min(1)
  @Max(YEAR_SECONDS)
  readonly expiresInSeconds!: number;
}

export class FleetDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty() readonly name!: string;
  @ApiProperty({ type: String, nullable: true }) readonly modelId!: string | null;
  @ApiProperty({ description: 'enrolled devices' }) readonly devices!: number;
  @ApiProperty() readonly createdAt!: Date;
}

export class TokenDto {
  @ApiProperty() readonly id!: string;
  @ApiProperty({ description: 'shown once' }) readonly token!: string;
  @ApiProperty() readonly quota!: number;
  @ApiProperty() readonly expiresAt!: Date;
}
