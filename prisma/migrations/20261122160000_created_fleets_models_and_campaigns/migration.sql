-- CreateTable
CREATE TABLE "Fleet" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "modelId" TEXT,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "Fleet_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "EnrolmentToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "fleetId" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "quota" INTEGER NOT NULL,
    "used" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "EnrolmentToken_fleetId_fkey" FOREIGN KEY ("fleetId") REFERENCES "Fleet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK ("quota" > 0),
    CHECK ("used" BETWEEN 0 AND "quota"),
    CHECK (length("secretHash") = 64)
);

-- CreateTable
CREATE TABLE "Device" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "fleetId" TEXT NOT NULL,
    "tokenId" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "nonce" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "label" TEXT,
    "board" TEXT NOT NULL,
    "core" TEXT NOT NULL,
    "sramBytes" BIGINT NOT NULL,
    "flashBytes" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "buildId" TEXT,
    "enrolledAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME,
    "boots" BIGINT NOT NULL DEFAULT 0,
    "programLayout" BIGINT NOT NULL DEFAULT 0,
    "programScheme" BIGINT NOT NULL DEFAULT 0,
    "parameterDigest" TEXT,
    CONSTRAINT "Device_fleetId_fkey" FOREIGN KEY ("fleetId") REFERENCES "Fleet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Device_tokenId_fkey" FOREIGN KEY ("tokenId") REFERENCES "EnrolmentToken" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Device_buildId_fkey" FOREIGN KEY ("buildId") REFERENCES "Build" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CHECK (length("uid") = 16),
    CHECK (length("nonce") = 16),
    CHECK (length("secretHash") = 64),
    CHECK ("state" IN ('enrolled', 'ready', 'refused', 'failed')),
    CHECK (("state" = 'ready') = ("buildId" IS NOT NULL)),
    CHECK (("state" IN ('refused', 'failed')) = ("reason" IS NOT NULL))
);

-- CreateTable
CREATE TABLE "Model" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "inputBytes" INTEGER NOT NULL,
    "classes" INTEGER,
    "parameters" INTEGER NOT NULL,
    "macs" BIGINT NOT NULL,
    "notTrainable" TEXT,
    "createdAt" DATETIME NOT NULL,
    CHECK ("inputBytes" > 0)
);

-- CreateTable
CREATE TABLE "ModelVersion" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "modelId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "parentId" TEXT,
    "fileDigest" TEXT NOT NULL,
    "masterDigest" TEXT,
    "createdAt" DATETIME NOT NULL,
    "evaluatedItems" INTEGER,
    "evaluatedRight" INTEGER,
    CONSTRAINT "ModelVersion_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ModelVersion_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "ModelVersion" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CHECK ("number" > 0),
    CHECK (("number" = 1) = ("parentId" IS NULL)),
    CHECK (length("fileDigest") = 64),
    CHECK (length("masterDigest") = 64),
    CHECK (("evaluatedItems" IS NULL) = ("evaluatedRight" IS NULL)),
    CHECK ("evaluatedRight" BETWEEN 0 AND "evaluatedItems")
);

-- CreateTable
CREATE TABLE "Artifact" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "versionId" TEXT NOT NULL,
    "layout" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "sizeBytes" INTEGER NOT NULL,
    CONSTRAINT "Artifact_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK (length("digest") = 64),
    CHECK ("sizeBytes" > 0)
);

-- CreateTable
CREATE TABLE "EvaluationSet" (
    "modelId" TEXT NOT NULL PRIMARY KEY,
    "digest" TEXT NOT NULL,
    "items" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "EvaluationSet_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK (length("digest") = 64),
    CHECK ("items" > 0)
);

-- CreateTable
CREATE TABLE "Build" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    "board" TEXT NOT NULL,
    "sramBytes" INTEGER NOT NULL,
    "flashBytes" INTEGER NOT NULL,
    "modelId" TEXT,
    "layout" BIGINT NOT NULL,
    "scheme" BIGINT NOT NULL,
    "schemeName" TEXT NOT NULL,
    "schemeJson" TEXT NOT NULL,
    "deltaJson" TEXT NOT NULL,
    "planJson" TEXT NOT NULL,
    "plannedPeakBytes" INTEGER NOT NULL,
    "elfPeakBytes" INTEGER NOT NULL,
    "elfFlashBytes" INTEGER NOT NULL,
    "stackBytes" INTEGER NOT NULL,
    "elfDigest" TEXT NOT NULL,
    "wasmDigest" TEXT,
    "createdAt" DATETIME NOT NULL,
    CHECK ("elfPeakBytes" <= "plannedPeakBytes"),
    CHECK ("plannedPeakBytes" <= "sramBytes"),
    CHECK ("elfFlashBytes" <= "flashBytes"),
    CHECK (length("elfDigest") = 64),
    CHECK (length("wasmDigest") = 64)
);

-- CreateTable
CREATE TABLE "Campaign" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "fleetId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "baseVersionId" TEXT NOT NULL,
    "rounds" INTEGER NOT NULL,
    "passes" INTEGER NOT NULL,
    "learningRate" REAL NOT NULL,
    "seed" BIGINT NOT NULL,
    "quorum" INTEGER NOT NULL,
    "roundDeadlineSeconds" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "activeFleetId" TEXT,
    "machine" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL,
    "startedAt" DATETIME,
    "endedAt" DATETIME,
    CONSTRAINT "Campaign_fleetId_fkey" FOREIGN KEY ("fleetId") REFERENCES "Fleet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Campaign_baseVersionId_fkey" FOREIGN KEY ("baseVersionId") REFERENCES "ModelVersion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK ("rounds" > 0),
    CHECK ("passes" > 0),
    CHECK ("learningRate" > 0),
    CHECK ("quorum" > 0),
    CHECK ("roundDeadlineSeconds" > 0),
    CHECK ("version" >= 0),
    CHECK (("state" IN ('running', 'evaluating')) = ("activeFleetId" IS NOT NULL)),
    CHECK ("state" IN ('draft', 'running', 'evaluating', 'completed', 'completedWithFailures', 'failed', 'aborted')),
    CHECK (("state" = 'draft') = ("startedAt" IS NULL) OR "state" = 'aborted')
);

-- CreateTable
CREATE TABLE "CampaignEvent" (
    "campaignId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "event" TEXT NOT NULL,

    PRIMARY KEY ("campaignId", "sequence"),
    CONSTRAINT "CampaignEvent_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK ("sequence" > 0)
);

-- CreateTable
CREATE TABLE "Round" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "campaignId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "baseVersionId" TEXT NOT NULL,
    "resultVersionId" TEXT,
    "openedAt" DATETIME NOT NULL,
    "deadlineAt" DATETIME NOT NULL,
    "closedAt" DATETIME,
    CONSTRAINT "Round_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Round_baseVersionId_fkey" FOREIGN KEY ("baseVersionId") REFERENCES "ModelVersion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Round_resultVersionId_fkey" FOREIGN KEY ("resultVersionId") REFERENCES "ModelVersion" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CHECK ("number" > 0),
    CHECK ("kind" IN ('train', 'evaluate')),
    CHECK ("state" IN ('open', 'aggregating', 'committed', 'abandoned')),
    CHECK (("state" IN ('committed', 'abandoned')) = ("closedAt" IS NOT NULL)),
    CHECK ("resultVersionId" IS NULL OR ("kind" = 'train' AND "state" IN ('aggregating', 'committed')))
);

-- CreateTable
CREATE TABLE "Execution" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roundId" TEXT NOT NULL,
    "deviceId" TEXT NOT NULL,
    "artifactId" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "state" TEXT NOT NULL,
    "status" INTEGER,
    "reason" TEXT,
    "phase" TEXT,
    "testItems" BIGINT,
    "rightBefore" BIGINT,
    "rightAfter" BIGINT,
    "lossBefore" BIGINT,
    "lossAfter" BIGINT,
    "learnedItems" BIGINT,
    "steps" BIGINT,
    "passLosses" TEXT,
    "deltaDigest" TEXT,
    "deltaBytes" INTEGER,
    "guardRestarts" BIGINT,
    "peakSramBytes" BIGINT,
    "peakStackBytes" BIGINT,
    "receivedBytes" BIGINT,
    "sentBytes" BIGINT,
    "createdAt" DATETIME NOT NULL,
    "endedAt" DATETIME,
    CONSTRAINT "Execution_roundId_fkey" FOREIGN KEY ("roundId") REFERENCES "Round" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Execution_deviceId_fkey" FOREIGN KEY ("deviceId") REFERENCES "Device" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Execution_artifactId_fkey" FOREIGN KEY ("artifactId") REFERENCES "Artifact" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK ("attempt" > 0),
    CHECK ("state" IN ('open', 'uploading', 'stored', 'evaluated', 'failed', 'refused', 'closed')),
    CHECK (("state" IN ('open', 'uploading')) = ("endedAt" IS NULL)),
    CHECK ("rightBefore" BETWEEN 0 AND "testItems"),
    CHECK ("rightAfter" BETWEEN 0 AND "testItems")
);

-- CreateTable
CREATE TABLE "Delta" (
    "executionId" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "scheme" BIGINT NOT NULL,
    "digest" TEXT NOT NULL,
    "sizeBytes" INTEGER NOT NULL,
    "encodedBytes" INTEGER NOT NULL,
    "receivedAt" DATETIME NOT NULL,
    CONSTRAINT "Delta_executionId_fkey" FOREIGN KEY ("executionId") REFERENCES "Execution" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CHECK (length("digest") = 64),
    CHECK ("sizeBytes" > 0),
    CHECK ("encodedBytes" > 0)
);

-- CreateTable
CREATE TABLE "Telemetry" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "deviceId" TEXT NOT NULL,
    "executionId" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "phase" TEXT NOT NULL,
    "pass" BIGINT NOT NULL,
    "done" BIGINT NOT NULL,
    "total" BIGINT NOT NULL,
    "loss" BIGINT NOT NULL,
    "right" BIGINT NOT NULL,
    "peakSramBytes" BIGINT NOT NULL,
    "peakStackBytes" BIGINT NOT NULL,
    "at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "code" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "firstAt" DATETIME NOT NULL,
    "lastAt" DATETIME NOT NULL,
    CHECK ("count" > 0)
);

-- CreateTable
CREATE TABLE "Job" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "waiting" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "runAt" DATETIME NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CHECK ("state" IN ('queued', 'running', 'failed')),
    CHECK ("attempts" >= 0),
    CHECK (("state" = 'queued') = ("waiting" IS NOT NULL))
);

-- CreateIndex
CREATE UNIQUE INDEX "Fleet_name_key" ON "Fleet"("name");

-- CreateIndex
CREATE INDEX "EnrolmentToken_fleetId_idx" ON "EnrolmentToken"("fleetId");

-- CreateIndex
CREATE UNIQUE INDEX "Device_uid_key" ON "Device"("uid");

-- CreateIndex
CREATE INDEX "Device_fleetId_state_idx" ON "Device"("fleetId", "state");

-- CreateIndex
CREATE INDEX "Device_tokenId_idx" ON "Device"("tokenId");

-- CreateIndex
CREATE INDEX "Device_buildId_idx" ON "Device"("buildId");

-- CreateIndex
CREATE UNIQUE INDEX "Model_name_key" ON "Model"("name");

-- CreateIndex
CREATE INDEX "ModelVersion_parentId_idx" ON "ModelVersion"("parentId");

-- CreateIndex
CREATE UNIQUE INDEX "ModelVersion_modelId_number_key" ON "ModelVersion"("modelId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "Artifact_versionId_layout_key" ON "Artifact"("versionId", "layout");

-- CreateIndex
CREATE UNIQUE INDEX "Build_key_key" ON "Build"("key");

-- CreateIndex
CREATE INDEX "Build_modelId_idx" ON "Build"("modelId");

-- CreateIndex
CREATE UNIQUE INDEX "Campaign_activeFleetId_key" ON "Campaign"("activeFleetId");

-- CreateIndex
CREATE INDEX "Campaign_fleetId_state_idx" ON "Campaign"("fleetId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Round_resultVersionId_key" ON "Round"("resultVersionId");

-- CreateIndex
CREATE UNIQUE INDEX "Round_campaignId_number_key" ON "Round"("campaignId", "number");

-- CreateIndex
CREATE INDEX "Execution_deviceId_state_idx" ON "Execution"("deviceId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Execution_roundId_deviceId_key" ON "Execution"("roundId", "deviceId");

-- CreateIndex
CREATE INDEX "Telemetry_deviceId_id_idx" ON "Telemetry"("deviceId", "id");

-- CreateIndex
CREATE INDEX "Telemetry_executionId_id_idx" ON "Telemetry"("executionId", "id");

-- CreateIndex
CREATE INDEX "Telemetry_at_idx" ON "Telemetry"("at");

-- CreateIndex
CREATE INDEX "AuditEvent_code_id_idx" ON "AuditEvent"("code", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_subject_id_idx" ON "AuditEvent"("subject", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Job_waiting_key" ON "Job"("waiting");

-- CreateIndex
CREATE INDEX "Job_state_runAt_idx" ON "Job"("state", "runAt");
