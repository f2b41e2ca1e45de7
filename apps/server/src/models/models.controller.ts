import { Controller, Get, Param, Post, Query, Req, type StreamableFile } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';

import { NeedsAdmin } from '../http/admin-auth';
import { rawBody } from '../http/raw-body';
import { download } from '../http/send-file';
import { modelDetailsView, modelView, versionView } from './model-views';
import {
  EvaluationSetDto,
  ModelDetailsDto,
  ModelDto,
  ModelVersionDto,
  ParametersQuery,
  RegisterModelQuery,
} from './models.dto';
import { ModelsService } from './models.service';

const BINARY = { schema: { type: 'string', format: 'binary' } } as const;

@ApiTags('models')
@Controller()
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get('models')
  @ApiOkResponse({ type: [ModelDto] })
  async list(): Promise<readonly ModelDto[]> {
    return (await this.models.list()).map(modelView);
  }

  @Get('models/:id')
  @ApiOkResponse({ type: ModelDetailsDto })
  async find(@Param('id') id: string): Promise<ModelDetailsDto> {
    return modelDetailsView(await this.models.find(id));
  }

  /** With `classes` or `labels` the model gets a new head, which devices teach classes that the file has never seen. */
  @Post('models')
  @ApiBearerAuth()
  @ApiConsumes('application/octet-stream')
  @ApiBody(BINARY)
  @ApiCreatedResponse({ type: ModelDetailsDto })
  async register(@Query() query: RegisterModelQuery, @Req() request: Request): Promise<ModelDetailsDto> {
    const { name, keep, objective, ...words } = query;
    const head = { ...words, keep: keep === 'true' };
    const wishes = { head, ...(objective && { objective }) };
    return modelDetailsView(await this.models.register(name, rawBody(request), wishes));
  }

  /** The body is a dataset in the FLDS format (libs/model/dataset/DATASET.md). */
  @Post('models/:id/evaluation-set')
  @ApiBearerAuth()
  @ApiConsumes('application/octet-stream')
  @ApiBody(BINARY)
  @ApiCreatedResponse({ type: EvaluationSetDto })
  saveEvaluationSet(@Param('id') id: string, @Req() request: Request): Promise<EvaluationSetDto> {
    return this.models.saveEvaluationSet(id, rawBody(request));
  }

  @Get('model-versions/:id')
  @ApiOkResponse({ type: ModelVersionDto })
  async version(@Param('id') id: string): Promise<ModelVersionDto> {
    const { version, measure } = await this.models.measuredVersion(id);
    return versionView(version, measure);
  }

  @Get('model-versions/:id/file')
  async file(@Param('id') id: string): Promise<StreamableFile> {
    return download(await this.models.file(id), `${id}.tflite`);
  }

  @NeedsAdmin()
  @Get('model-versions/:id/parameters')
  async parameters(@Param('id') id: string, @Query() { layout }: ParametersQuery): Promise<StreamableFile> {
    return download(await this.models.parameters(id, layout), `${id}.parameters`);
  }
}
