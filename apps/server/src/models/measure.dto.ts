import { ApiProperty } from '@nestjs/swagger';

import type { LossMeasure, Measure } from '#libs/model/session';

export class LossMeasureDto {
  @ApiProperty({ enum: ['crossEntropy', 'meanSquaredError'] }) readonly name!: LossMeasure['name'];
  @ApiProperty({ enum: ['bit', 'squaredOutput'], description: 'squares of what the output is in' })
  readonly unit!: LossMeasure['unit'];
  @ApiProperty({ description: 'losses of devices are integers: so much of the unit is 1' })
  readonly perUnit!: number;
}

export class MeasureDto {
  @ApiProperty({ enum: ['accuracy', 'meanSquaredError'] }) readonly name!: Measure['name'];
  @ApiProperty({ enum: ['fraction', 'squaredOutput'], description: 'a fraction is 0..1' })
  readonly unit!: Measure['unit'];
  @ApiProperty({ enum: ['higher', 'lower'], description: 'which of two values is the better one' })
  readonly better!: Measure['better'];
  @ApiProperty() readonly loss!: LossMeasureDto;
}
