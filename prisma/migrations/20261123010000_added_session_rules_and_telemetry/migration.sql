-- AlterTable
ALTER TABLE "Campaign" ADD COLUMN "schedule" TEXT NOT NULL DEFAULT 'constant' CHECK ("schedule" IN ('constant', 'cosine'));
ALTER TABLE "Campaign" ADD COLUMN "itemOrder" TEXT NOT NULL DEFAULT 'shuffled' CHECK ("itemOrder" IN ('shuffled', 'balanced'));
ALTER TABLE "Campaign" ADD COLUMN "stopBelowLoss" INTEGER NOT NULL DEFAULT 0 CHECK ("stopBelowLoss" >= 0);
ALTER TABLE "Campaign" ADD COLUMN "stopPatience" INTEGER NOT NULL DEFAULT 0 CHECK ("stopPatience" >= 0);
ALTER TABLE "Campaign" ADD COLUMN "stopLeastFall" INTEGER NOT NULL DEFAULT 0 CHECK ("stopLeastFall" >= 0);

-- AlterTable
ALTER TABLE "Execution" ADD COLUMN "sessionEnd" TEXT CHECK ("sessionEnd" IN ('passes', 'lowLoss', 'noProgress', 'guard'));
ALTER TABLE "Execution" ADD COLUMN "saturatedWeights" BIGINT;
ALTER TABLE "Execution" ADD COLUMN "saturatedHeadWeights" BIGINT;
ALTER TABLE "Execution" ADD COLUMN "saturatedBiases" BIGINT;
