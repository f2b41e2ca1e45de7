import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { EnrolImageQuery } from '../devices/devices.dto';
import { NeedsAdmin } from '../http/admin-auth';
import { download } from '../http/send-file';
import { ImagesService } from './images.service';

@ApiTags('images')
@Controller('images')
export class ImagesController {
  constructor(private readonly images: ImagesService) {}

  /** The program without a model for a board; built when it is first asked for. */
  @NeedsAdmin()
  @Get('enrol')
  async enrol(@Query() { board, format }: EnrolImageQuery): Promise<StreamableFile> {
    return download(await this.images.enrolment(board, format), `${board}-enrol.${format}`);
  }
}
