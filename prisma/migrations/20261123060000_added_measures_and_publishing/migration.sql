-- AlterTable
ALTER TABLE "Model" ADD COLUMN "outputScale" REAL NOT NULL DEFAULT 1 CHECK ("outputScale" > 0);
-- What was read of files before is read again by the server when it starts.
ALTER TABLE "Model" ADD COLUMN "factsVersion" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "ModelVersion" ADD COLUMN "evaluatedLossSum" BIGINT CHECK ("evaluatedLossSum" >= 0);
ALTER TABLE "ModelVersion" ADD COLUMN "publishedAt" DATETIME;
ALTER TABLE "ModelVersion" ADD COLUMN "judgedOn" TEXT CHECK ("judgedOn" IN ('evaluationSet', 'devices'));
ALTER TABLE "ModelVersion" ADD COLUMN "judgedBefore" REAL CHECK (("judgedBefore" IS NULL) = ("judgedOn" IS NULL));
ALTER TABLE "ModelVersion" ADD COLUMN "judgedAfter" REAL CHECK (("judgedAfter" IS NULL) = ("judgedOn" IS NULL));
-- Until now every version was published as it was made.
UPDATE "ModelVersion" SET "publishedAt" = "createdAt";

-- AlterTable
ALTER TABLE "Campaign" ADD COLUMN "publishing" TEXT NOT NULL DEFAULT 'every' CHECK ("publishing" IN ('every', 'better'));
